package pop_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"testing"
	"time"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

// The published table: code, status, message.
var catalogue = []struct {
	err     *pop.Error
	code    string
	status  int
	message string
}{
	{pop.InvalidActionNotFound(), "InvalidAction.NotFound", 404, "Specified api is not found, please check your url and method."},
	{pop.InvalidVersion(), "InvalidVersion", 400, "Specified parameter Version is not valid."},
	{pop.Missing("Timestamp", ""), "MissingTimestamp", 400, "Timestamp is mandatory for this action."},
	{pop.Missing("Timestamp", "It is the header x-acs-date."), "MissingTimestamp", 400, "Timestamp is mandatory for this action. It is the header x-acs-date."},
	{pop.MissingParameter("VmNumber"), "MissingParameter", 400, `The input parameter "VmNumber" that is mandatory for processing this request is not supplied.`},
	{pop.InvalidParameter("VmNumber", ""), "InvalidParameter", 400, `The specified parameter "VmNumber" is not valid.`},
	{pop.InvalidParameter("VmNumber", "It must be an integer from 1 to 500."), "InvalidParameter", 400, `The specified parameter "VmNumber" is not valid. It must be an integer from 1 to 500.`},
	{pop.InvalidFormat(), "InvalidParameter.Format", 400, "Specified parameter format is not valid."},
	{pop.SignatureDoesNotMatch("GET&%2F&a%3Db"), "SignatureDoesNotMatch", 400, "Specified signature is not matched with our calculation. server string to sign is:GET&%2F&a%3Db"},
	{pop.IncompleteSignature(""), "IncompleteSignature", 400, "The request signature does not conform to Aliyun standards."},
	{pop.InvalidSignatureMethod(""), "InvalidSignatureMethod", 400, "Specified signature method is not valid."},
	{pop.UnsupportedHTTPMethod(), "UnsupportedHTTPMethod", 403, "This http method is not supported."},
	{pop.InvalidAccessKeyIDNotFound(), "InvalidAccessKeyId.NotFound", 404, "Specified access key is not found."},
	{pop.InvalidAccessKeyIDInactive(), "InvalidAccessKeyId.Inactive", 400, "Specified access key is disabled."},
	{pop.InvalidTimeStampFormat(), "InvalidTimeStamp.Format", 400, "Specified time stamp or date value is not well formatted."},
	{pop.InvalidTimeStampExpired(), "InvalidTimeStamp.Expired", 400, "Specified time stamp or date value is expired."},
	{pop.SignatureNonceUsed(), "SignatureNonceUsed", 400, "Specified signature nonce was used already."},
	{pop.InvalidSecurityTokenExpired(), "InvalidSecurityToken.Expired", 400, "Specified SecurityToken is expired."},
	{pop.InvalidSecurityTokenMalformed(), "InvalidSecurityToken.Malformed", 400, "Specified SecurityToken is malformed."},
	{pop.InvalidSecurityTokenMismatch(), "InvalidSecurityToken.MismatchWithAccessKey", 400, "Specified SecurityToken mismatch with the AccessKey."},
	{pop.IdempotentParameterMismatch(), "IdempotentParameterMismatch", 400, "The request is retried with updated parameters."},
	{pop.IdempotentParameterMismatch("Duration", "VmNumber"), "IdempotentParameterMismatch", 400, "The request is retried with updated parameters. These differ: Duration, VmNumber."},
	{pop.IdempotentProcessing(0), "IdempotentProcessing", 403, "The previous idempotent request(s) is still processing."},
	{pop.OperationConflict(0), "OperationConflict", 409, "Request was denied due to conflict with a previous request."},
	{pop.DryRunOperation(), "DryRunOperation", 400, "Request validation has been passed with DryRun flag set."},
	{pop.Throttling(0), "Throttling", 400, "Request was denied due to request throttling."},
	{pop.ThrottlingUser(0), "Throttling.User", 400, "Request was denied due to user flow control."},
	{pop.ThrottlingAPI(0), "Throttling.Api", 400, "Request was denied due to api flow control."},
	{pop.ForbiddenRAM(""), "Forbidden.RAM", 403, "User not authorized to operate on the specified resource, or this API doesn't support RAM."},
	{pop.RealNameAuthenticationError(), "RealNameAuthenticationError", 403, "Your account has not passed the real-name authentication yet."},
	{pop.NotEnoughBalance(), "InvalidAccountStatus.NotEnoughBalance", 403, "Your account does not have enough balance."},
	{pop.InvalidInstanceIDNotFound(), "InvalidInstanceId.NotFound", 404, "The specified InstanceId does not exist."},
	{pop.InvalidOwnerID(""), "InvalidOwnerId", 400, "The specified OwnerId is not valid."},
	{pop.InvalidClientToken(), "InvalidClientToken.ValueNotSupported", 400, "The ClientToken provided is invalid. It must be 1 to 64 printable ASCII characters."},
	{pop.InternalError(), "InternalError", 500, "The request processing has failed due to some unknown error, exception or failure."},
	{pop.ServiceUnavailable(0), "ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server."},
	{pop.New("InstanceAlreadyExists", 409, "One is enough."), "InstanceAlreadyExists", 409, "One is enough."},
}

const requestID = "3EE8C1B8-83D3-44AF-A94F-4E0AD82FD6CF"

func TestCatalogue(t *testing.T) {
	for _, row := range catalogue {
		t.Run(row.message, func(t *testing.T) {
			require.Equal(t, row.code, row.err.Code)
			require.Equal(t, row.message, row.err.Message)
			require.Equal(t, row.code+": "+row.message, row.err.Error())

			asJSON := row.err.Response(pop.JSON, requestID, "127.0.0.1:8080")
			require.Equal(t, row.status, asJSON.Status)
			require.Equal(t, "application/json;charset=utf-8", asJSON.ContentType)
			want := map[string]string{
				"RequestId": requestID, "HostId": "127.0.0.1:8080", "Code": row.code, "Message": row.message,
				"Recommend": "https://api.aliyun.com/troubleshoot?q=" + row.code,
			}
			var got map[string]string
			require.NoError(t, json.Unmarshal(asJSON.Body, &got))
			require.Equal(t, want, got)
			require.NotContains(t, string(asJSON.Body), `\u`)

			asXML := row.err.Response(pop.XML, requestID, "127.0.0.1:8080")
			require.Equal(t, row.status, asXML.Status)
			require.Equal(t, "text/xml;charset=utf-8", asXML.ContentType)
			root, got := readXML(t, asXML.Body)
			require.Equal(t, "Error", root)
			require.Equal(t, want, got)
		})
	}
}

func TestRetryAfter(t *testing.T) {
	header := func(e *pop.Error, name string) string {
		value, _ := e.Response(pop.JSON, requestID, "h").Header.Get(name)
		return value
	}
	t.Run("waiting is told in milliseconds, rounded up", func(t *testing.T) {
		for _, e := range []*pop.Error{
			pop.Throttling(1500*time.Millisecond + 1), pop.ThrottlingUser(1501 * time.Millisecond), pop.ThrottlingAPI(1501 * time.Millisecond),
			pop.ServiceUnavailable(1501 * time.Millisecond), pop.IdempotentProcessing(1501 * time.Millisecond), pop.OperationConflict(1501 * time.Millisecond),
		} {
			require.Equal(t, "1501", header(e, "x-acs-retry-after"), e.Code)
		}
	})
	t.Run("no waiting, no header", func(t *testing.T) {
		_, ok := pop.ServiceUnavailable(0).Response(pop.JSON, requestID, "h").Header.Get("x-acs-retry-after")
		require.False(t, ok)
	})
	t.Run("the request id is in a header of every refusal", func(t *testing.T) {
		require.Equal(t, requestID, header(pop.InternalError(), "x-acs-request-id"))
	})
}

func TestErrorIsFoundThroughWrapping(t *testing.T) {
	var found *pop.Error
	require.True(t, errors.As(fmt.Errorf("buying: %w", pop.NotEnoughBalance()), &found))
	require.Equal(t, "InvalidAccountStatus.NotEnoughBalance", found.Code)
}

func readXML(t *testing.T, body []byte) (root string, fields map[string]string) {
	t.Helper()
	var document struct {
		XMLName xml.Name
		Fields  []struct {
			XMLName xml.Name
			Value   string `xml:",chardata"`
		} `xml:",any"`
	}
	require.NoError(t, xml.Unmarshal(body, &document))
	fields = map[string]string{}
	for _, f := range document.Fields {
		fields[f.XMLName.Local] = f.Value
	}
	return document.XMLName.Local, fields
}
