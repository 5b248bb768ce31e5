package reference

import "fmt"

func (c Call) coreSDK() string {
	return fmt.Sprintf(`package main

import (
	"fmt"
	"log"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
)

func main() {
	client, err := sdk.NewClientWithAccessKey("cn-hangzhou", %s, %s)
	if err != nil {
		log.Fatal(err)
	}

	request := requests.NewCommonRequest()
	request.Method, request.Scheme, request.Domain = %q, "http", %q
	request.Product, request.Version, request.ApiName = "aegis", "2016-11-11", %q
%s
	response, err := client.ProcessCommonRequest(request)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.GetHttpContentString())
}
`, double(c.KeyID), double(c.Secret), c.Method, c.Host, c.Action, c.each("	request.QueryParams[%s] = %s\n", double))
}

func (c Call) darabonba() string {
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
		AccessKeyId: tea.String(%s), AccessKeySecret: tea.String(%s),
		Endpoint: tea.String(%q), Protocol: tea.String("http"),
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
`, double(c.KeyID), double(c.Secret), c.Host, c.Action, c.each("		%s: tea.String(%s),\n", double))
}
