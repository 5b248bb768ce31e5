package reference_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"aegis/shared/operations"
)

func TestTheCodeSamplesAreCurrent(t *testing.T) {
	for _, o := range operations.All() {
		t.Run(o.Name, func(t *testing.T) {
			requireCurrent(t, filepath.Join("shared", "operations", "reference", "samples", o.Function()+".md"), samples(o))
		})
	}
}

// sample is the code of a call in one language.
type sample struct{ title, language, code string }

// samples is the document of an operation.
func samples(o operations.Operation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s. %s。\n\nThe samples call a local stack. 示例调用本地环境。\n", o.Name, o.Text.English, o.Text.Chinese)
	for _, s := range allSamples(o) {
		fmt.Fprintf(&b, "\n## %s\n\n```%s\n%s```\n", s.title, s.language, s.code)
	}
	return b.String()
}

func allSamples(o operations.Operation) []sample {
	return []sample{
		{"curl", "sh", curlSample(o)},
		{"Go, alibaba-cloud-sdk-go", "go", goSample(o)},
		{"Go, darabonba-openapi/v2", "go", darabonbaSample(o)},
		{"Java, aliyun-java-sdk-core 4", "java", javaSample(o)},
		{"Python, aliyun-python-sdk-core 2", "python", pythonSample(o)},
		{"Node.js, @alicloud/pop-core", "js", nodeSample(o)},
		{"PHP, alibabacloud/client", "php", phpSample(o)},
		{"aliyun CLI", "sh", cliSample(o)},
	}
}

// each writes a line for every parameter of the sample, of its name and its value.
func each(o operations.Operation, format string) string {
	var b strings.Builder
	for _, p := range sampleParameters(o) {
		fmt.Fprintf(&b, format, p.Name, p.Example)
	}
	return b.String()
}

func curlSample(o operations.Operation) string {
	key := keyOf(o)
	return fmt.Sprintf("# Sends a URL that scripts/sign signs; it is good for 15 minutes, once.\ngo run ./scripts/sign -only v1 -method %s -key %s -secret %s %s%s | grep 'curl -sS' | sh\n",
		o.Method(), key.id, key.secret, o.Name, each(o, " '%s=%s'"))
}

func goSample(o operations.Operation) string {
	key := keyOf(o)
	return fmt.Sprintf(`package main

import (
	"fmt"
	"log"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
)

func main() {
	client, err := sdk.NewClientWithAccessKey("cn-hangzhou", %q, %q)
	if err != nil {
		log.Fatal(err)
	}

	request := requests.NewCommonRequest()
	request.Method, request.Scheme, request.Domain = %q, "http", "127.0.0.1:8080"
	request.Product, request.Version, request.ApiName = "aegis", "2016-11-11", %q
%s
	response, err := client.ProcessCommonRequest(request)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.GetHttpContentString())
}
`, key.id, key.secret, o.Method(), o.Name, each(o, "	request.QueryParams[%q] = %q\n"))
}

func darabonbaSample(o operations.Operation) string {
	key := keyOf(o)
	return fmt.Sprintf(`package main

import (
	"fmt"
	"log"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
)

func main() {
	client, err := openapi.NewClient(&openapi.Config{
		AccessKeyId: tea.String(%q), AccessKeySecret: tea.String(%q),
		Endpoint: tea.String("127.0.0.1:8080"), Protocol: tea.String("http"),
	})
	if err != nil {
		log.Fatal(err)
	}

	params := &openapi.Params{
		Action: tea.String(%q), Version: tea.String("2016-11-11"), Protocol: tea.String("HTTP"), Pathname: tea.String("/"),
		Method: tea.String("POST"), AuthType: tea.String("AK"), Style: tea.String("RPC"), ReqBodyType: tea.String("formData"), BodyType: tea.String("json"),
	}
	request := &openapi.OpenApiRequest{Query: map[string]*string{
%s	}}
	result, err := client.CallApi(params, request, &dara.RuntimeOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result["body"])
}
`, key.id, key.secret, o.Name, each(o, "		%q: tea.String(%q),\n"))
}

func javaSample(o operations.Operation) string {
	key := keyOf(o)
	return fmt.Sprintf(`import com.aliyuncs.CommonRequest;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.http.MethodType;
import com.aliyuncs.http.ProtocolType;
import com.aliyuncs.profile.DefaultProfile;

public class Sample {
    public static void main(String[] args) throws Exception {
        DefaultAcsClient client = new DefaultAcsClient(DefaultProfile.getProfile("cn-hangzhou", %q, %q));
        CommonRequest request = new CommonRequest();
        request.setSysProtocol(ProtocolType.HTTP);
        request.setSysMethod(MethodType.%s);
        request.setSysDomain("127.0.0.1:8080");
        request.setSysVersion("2016-11-11");
        request.setSysAction(%q);
%s        System.out.println(client.getCommonResponse(request).getData());
    }
}
`, key.id, key.secret, o.Method(), o.Name, each(o, "        request.putQueryParameter(%q, %q);\n"))
}

func pythonSample(o operations.Operation) string {
	key := keyOf(o)
	return fmt.Sprintf(`from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

client = AcsClient('%s', '%s', 'cn-hangzhou', port=8080)
request = CommonRequest(domain='127.0.0.1', version='2016-11-11', action_name='%s')
request.set_protocol_type('http')
request.set_method('%s')
request.set_accept_format('json')
%sprint(client.do_action_with_exception(request).decode())
`, key.id, key.secret, o.Name, o.Method(), each(o, "request.add_query_param('%s', '%s')\n"))
}

func nodeSample(o operations.Operation) string {
	key := keyOf(o)
	return fmt.Sprintf(`const { RPCClient } = require('@alicloud/pop-core');

const client = new RPCClient({
  accessKeyId: '%s', accessKeySecret: '%s', endpoint: 'http://127.0.0.1:8080', apiVersion: '2016-11-11',
});
client.request('%s', {
%s}, { method: '%s' }).then(
  (answer) => console.log(JSON.stringify(answer)),
  (refusal) => { console.error(refusal.code, refusal.message); process.exitCode = 1; },
);
`, key.id, key.secret, o.Name, each(o, "  %s: '%s',\n"), o.Method())
}

func phpSample(o operations.Operation) string {
	key := keyOf(o)
	return fmt.Sprintf(`<?php
use AlibabaCloud\Client\AlibabaCloud;

require 'vendor/autoload.php';

AlibabaCloud::accessKeyClient('%s', '%s')->regionId('cn-hangzhou')->asDefaultClient();
$result = AlibabaCloud::rpc()
    ->scheme('http')->host('127.0.0.1:8080')->product('aegis')->version('2016-11-11')
    ->method('%s')->action('%s')
    ->options(['query' => [
%s    ]])
    ->request();
print_r($result->toArray());
`, key.id, key.secret, o.Method(), o.Name, each(o, "        '%s' => '%s',\n"))
}

func cliSample(o operations.Operation) string {
	key := keyOf(o)
	return fmt.Sprintf("aliyun aegis %s --version 2016-11-11 --force --endpoint 127.0.0.1:8080 --insecure \\\n  --access-key-id %s --access-key-secret %s --region cn-hangzhou%s\n",
		o.Name, key.id, key.secret, each(o, " \\\n  --%s '%s'"))
}
