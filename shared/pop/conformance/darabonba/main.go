// Command darabonba makes calls with the published client darabonba-openapi,
// unchanged. Each line of standard input is a call, each line of standard
// output its outcome, as in the Node.js driver next to it.
//
// It is a module of its own because the client asks for newer versions of
// modules that the functions pin.
package main

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/url"
	"os"
	"strings"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/darabonba-openapi/v2/models"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
)

type call struct {
	Client, Endpoint, Key, Secret, Action string
	Params                                map[string]string
}

type outcome struct {
	Answer  any    `json:"answer,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var c call
		if err := in.Decode(&c); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		if err := out.Encode(perform(c)); err != nil {
			log.Fatal(err)
		}
	}
}

// perform calls as c.Client says, e.g. "darabonba v3 query".
func perform(c call) outcome {
	how := strings.Fields(c.Client)
	client, err := connect(c, how[1])
	if err != nil {
		return failed(err)
	}

	request := &models.OpenApiRequest{}
	if how[2] == "form" {
		request.Body = c.Params
	} else {
		request.Query = pointers(c.Params)
	}

	result, err := client.CallApi(&models.Params{
		Action: &c.Action, Version: dara.String("2016-11-11"), Protocol: dara.String("HTTP"), Pathname: dara.String("/"),
		Method: dara.String("POST"), AuthType: dara.String("AK"), Style: dara.String("RPC"),
		ReqBodyType: dara.String("formData"), BodyType: dara.String("json"),
	}, request, &dara.RuntimeOptions{})
	if err != nil {
		return failed(err)
	}
	return outcome{Answer: result["body"]}
}

func connect(c call, signature string) (*openapi.Client, error) {
	endpoint, err := url.Parse(c.Endpoint)
	if err != nil {
		return nil, err
	}

	config := &models.Config{
		AccessKeyId: &c.Key, AccessKeySecret: &c.Secret, Endpoint: &endpoint.Host, Protocol: dara.String("http"),
	}
	if signature == "v1" {
		config.SignatureAlgorithm = dara.String("v2")
	}

	return openapi.NewClient(config)
}

func pointers(params map[string]string) map[string]*string {
	all := make(map[string]*string, len(params))
	for name, value := range params {
		all[name] = &value
	}
	return all
}

func failed(err error) outcome {
	var known *tea.SDKError
	if errors.As(err, &known) {
		return outcome{Code: tea.StringValue(known.Code), Message: tea.StringValue(known.Message)}
	}
	return outcome{Code: "none", Message: err.Error()}
}
