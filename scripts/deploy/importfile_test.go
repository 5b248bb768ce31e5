package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/doctor"
	"aegis/shared/operations"
)

func TestTheImportFileLeadsEveryPathToItsFunction(t *testing.T) {
	text, err := importDocument("cn-hangzhou", "LATEST", "acs:ram::1:role/gateway")
	require.NoError(t, err)
	var document struct {
		Swagger string
		Paths   map[string]map[string]struct {
			OperationID string              `json:"operationId"`
			Auth        string              `json:"x-aliyun-apigateway-auth-type"`
			Handling    string              `json:"x-aliyun-apigateway-parameter-handling"`
			Parameters  []any               `json:"parameters"`
			Backend     map[string]any      `json:"x-aliyun-apigateway-backend"`
			System      []map[string]string `json:"x-aliyun-apigateway-system-parameters"`
		}
	}
	require.NoError(t, json.Unmarshal(text, &document))
	require.Equal(t, "2.0", document.Swagger)
	require.Len(t, document.Paths, len(operations.All())+2)

	ids := map[string]bool{}
	for path, function := range doctor.Routes() {
		for _, api := range document.Paths[path] {
			require.Equal(t, function, api.Backend["functionName"], path)
			require.Equal(t, "FC", api.Backend["type"])
			require.Equal(t, "ANONYMOUS", api.Auth, "the functions check signatures themselves")
			require.Equal(t, "PASSTHROUGH", api.Handling)
			require.Empty(t, api.Parameters, "what passes through declares none")
			require.Equal(t, "Host", api.System[0]["backendName"], "signature version 3 signs it")
			require.Regexp(t, `^[a-z][a-z0-9_]{3,49}$`, api.OperationID, "the API's name")
			ids[api.OperationID] = true
		}
	}
	require.Len(t, ids, len(doctor.Routes()))
}

func TestAnAPIThatTheGatewayRefusesEndsTheImport(t *testing.T) {
	var refused imported
	require.NoError(t, refused.err())
	require.NoError(t, json.Unmarshal([]byte(`{"ApiImportSwaggerFailed":[{"Path":"/","HttpMethod":"ANY","ErrorMsg":"no such role"}]}`), &refused))
	require.EqualError(t, refused.err(), "import ANY /: no such role")
}
