// What a service in Go does with the AWS SDK for Go: prints what it was told, as one JSON object.
//
//	sdk_client <endpoint> <delivery stream>
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/firehose"
)

func click(id string) []byte {
	data, err := json.Marshal(map[string]string{"event_name": "click", "event_id": id})
	check(err)
	return data
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	endpoint, stream := os.Args[1], aws.String(os.Args[2])
	client := firehose.New(session.Must(session.NewSession(&aws.Config{
		Endpoint:    aws.String(endpoint),
		Region:      aws.String("us-east-1"),
		Credentials: credentials.NewStaticCredentials("LOCAL", "local", ""),
	})))

	listed, err := client.ListDeliveryStreams(&firehose.ListDeliveryStreamsInput{})
	check(err)
	described, err := client.DescribeDeliveryStream(
		&firehose.DescribeDeliveryStreamInput{DeliveryStreamName: stream})
	check(err)
	one, err := client.PutRecord(
		&firehose.PutRecordInput{DeliveryStreamName: stream, Record: &firehose.Record{Data: click("one")}})
	check(err)
	batch, err := client.PutRecordBatch(&firehose.PutRecordBatchInput{
		DeliveryStreamName: stream,
		Records:            []*firehose.Record{{Data: click("two")}, {Data: click("three")}},
	})
	check(err)

	_, err = client.PutRecord(
		&firehose.PutRecordInput{DeliveryStreamName: aws.String("nobody"), Record: &firehose.Record{Data: click("x")}})
	refused, _ := err.(awserr.Error)
	if refused == nil {
		log.Fatalf("an unknown stream was answered with %v", err)
	}

	description := described.DeliveryStreamDescription
	check(json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"sdk":      aws.SDKVersion,
		"names":    aws.StringValueSlice(listed.DeliveryStreamNames),
		"status":   description.DeliveryStreamStatus,
		"created":  description.CreateTimestamp.Year(),
		"recordId": len(*one.RecordId),
		"failed":   batch.FailedPutCount,
		"error":    refused.Code(),
	}))
}
