// @aws-sdk/client-firehose in one process: sdk.mjs URL EVENTS SIZE IN_FLIGHT TAILS prints a line of JSON with what it cost.
// TAILS is a file with what follows {"seq":1234567, in each kind of event, as a list of strings (workload.py writes it).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [url, count, , inFlight, tailsFile] = process.argv.slice(2);
const modules = new URL("../../tools/aws-sdk-js/", import.meta.url).pathname;
const { FirehoseClient, PutRecordBatchCommand } = createRequire(modules)("@aws-sdk/client-firehose");
const tails = JSON.parse(readFileSync(tailsFile, "utf8"));
const encoder = new TextEncoder();

function* batches() {
  let batch = [];
  for (let number = 0; number < +count; number++) {
    batch.push({ Data: encoder.encode(`{"seq":${1000000 + number},${tails[number % tails.length]}\n`) });
    if (batch.length === 500) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length) yield batch;
}

const resident = (line) =>
  Number(readFileSync("/proc/self/status", "utf8").split(`${line}:`)[1].trim().split(/\s/)[0]) * 1024;
const client = new FirehoseClient({
  region: "eu-central-1",
  endpoint: url,
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" },
});
const send = async (Records) => {
  const answer = await client.send(new PutRecordBatchCommand({ DeliveryStreamName: "clicks", Records }));
  if (answer.FailedPutCount) throw new Error(`${answer.FailedPutCount} entries failed`);
};

await send([{ Data: encoder.encode("{}") }]);
const before = resident("VmRSS");
const cpu = process.cpuUsage();
const start = process.hrtime.bigint();
const underWay = new Set();
for (const batch of batches()) {
  const sent = send(batch).finally(() => underWay.delete(sent));
  underWay.add(sent);
  if (underWay.size >= +inFlight) await Promise.race(underWay);
}
await Promise.all(underWay);
const spent = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    wall: Number(process.hrtime.bigint() - start) / 1e9,
    cpu: (spent.user + spent.system) / 1e6,
    growth: (resident("VmHWM") - before) / 1e6,
  }),
);
process.exit(0);
