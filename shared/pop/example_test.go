package pop_test

import (
	"fmt"
	"net/http"
	"time"

	"aegis/shared/pop"
)

func ExampleSigner_SignV1() {
	signer := pop.Signer{
		Credentials: pop.Credentials{AccessKeyID: "LTAI-example", AccessKeySecret: "example-secret"},
		Clock:       func() time.Time { return time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC) },
		Nonce:       func() string { return "nonce-1" },
	}
	signed := signer.SignV1(http.MethodPost, pop.Params{{Name: "Action", Value: "GetSummary"}, {Name: "Version", Value: "2016-11-11"}})

	call, err := pop.Decode(&pop.Request{Method: http.MethodPost, Query: signed})
	fmt.Println(err, call.Action, call.Verify("example-secret"))
	// Output: <nil> GetSummary <nil>
}
