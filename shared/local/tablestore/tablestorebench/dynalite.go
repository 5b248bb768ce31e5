package tablestorebench

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// dynaliteRequest is an HTTP request of DynamoDB's protocol. Dynalite requires
// a signature to be there, not to be right.
func dynaliteRequest(operation, body string) []byte {
	return fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: local\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n"+
		"X-Amz-Target: DynamoDB_20120810.%s\r\nX-Amz-Date: 20261123T120000Z\r\n"+
		"Authorization: AWS4-HMAC-SHA256 Credential=local/20261123/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n%s",
		len(body), operation, body)
}

func dynaliteKey(run, n int) string {
	return fmt.Sprintf(`"owner":{"S":%q},"place":{"S":"row"}`, owner(run, n))
}

func dynalitePut(run, n int) []byte {
	return dynaliteRequest("PutItem", `{"TableName":"bench","ConditionExpression":"attribute_not_exists(place)","Item":{`+
		dynaliteKey(run, n)+`,"value":{"S":"`+string(value())+`"}}}`)
}

func dynaliteUpdate(_, n int) []byte {
	return dynaliteRequest("UpdateItem", `{"TableName":"bench","ConditionExpression":"attribute_exists(place)","UpdateExpression":"SET v = :v",`+
		`"ExpressionAttributeValues":{":v":{"S":"`+string(value())+`"}},"Key":{`+dynaliteKey(prepared, n%preparedRows)+`}}`)
}

func dynaliteGet(_, n int) []byte {
	return dynaliteRequest("GetItem", `{"TableName":"bench","ConsistentRead":true,"Key":{`+dynaliteKey(prepared, n%preparedRows)+`}}`)
}

const dynaliteTable = `{"TableName":"bench","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"owner","KeyType":"HASH"},` +
	`{"AttributeName":"place","KeyType":"RANGE"}],"AttributeDefinitions":[{"AttributeName":"owner","AttributeType":"S"},{"AttributeName":"place","AttributeType":"S"}]}`

func startDynalite(ctx context.Context, o Options) (*server, error) {
	folder, err := os.MkdirTemp(o.Folder, "tablestorebench-*")
	if err != nil {
		return nil, fmt.Errorf("make a data folder: %w", err)
	}

	port, err := freePort()
	if err != nil {
		return nil, err
	}

	process := exec.CommandContext(ctx, "node", o.Dynalite, "--path", folder, "--port", strconv.Itoa(port), "--createTableMs", "0", "--host", "127.0.0.1")
	s := &server{name: "dynalite", process: process, folder: folder}
	if err := s.start("Dynalite listening at: http://"); err != nil {
		return nil, err
	}

	s.address = strings.Replace(s.address, "localhost", "127.0.0.1", 1)
	s.workloads = []workload{{"PutItem", dynalitePut}, {"UpdateItem", dynaliteUpdate}, {"GetItem", dynaliteGet}}
	return s, s.prepareDynalite()
}

func (s *server) prepareDynalite() error {
	c, err := dial(s.address)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.do(dynaliteRequest("CreateTable", dynaliteTable)); err != nil {
		return fmt.Errorf("make dynalite's table: %w", err)
	}

	for n := range preparedRows {
		if err := c.do(dynalitePut(prepared, n)); err != nil {
			return fmt.Errorf("fill dynalite's table: %w", err)
		}
	}

	return nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
