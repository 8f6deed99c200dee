// Talks to a delivery stream as an application in Node.js does; says on standard output what it was answered.
import {
  DescribeDeliveryStreamCommand, FirehoseClient, ListDeliveryStreamsCommand, PutRecordBatchCommand, PutRecordCommand,
} from "@aws-sdk/client-firehose";

const [endpoint, DeliveryStreamName] = process.argv.slice(2);
const client = new FirehoseClient({
  endpoint, region: "us-east-1", credentials: {accessKeyId: "LOCAL", secretAccessKey: "local"},
});
const data = (event) => ({Data: Buffer.from(JSON.stringify(event))});
const said = {};

said.names = (await client.send(new ListDeliveryStreamsCommand({}))).DeliveryStreamNames;
const described = await client.send(new DescribeDeliveryStreamCommand({DeliveryStreamName}));
said.status = described.DeliveryStreamDescription.DeliveryStreamStatus;
said.created = described.DeliveryStreamDescription.CreateTimestamp instanceof Date;
const one = await client.send(new PutRecordCommand({
  DeliveryStreamName, Record: data({event_name: "click", event_id: "one"}),
}));
said.recordId = one.RecordId.length;
const batch = await client.send(new PutRecordBatchCommand({
  DeliveryStreamName, Records: ["two", "three"].map((event_id) => data({event_name: "click", event_id})),
}));
said.failed = batch.FailedPutCount;
try {
  await client.send(new PutRecordCommand({DeliveryStreamName: "nobody", Record: data({})}));
} catch (error) {
  said.error = error.name;
}
console.log(JSON.stringify(said));
