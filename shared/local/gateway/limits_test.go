package gateway_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/gateway"
)

func TestWhatThePlatformDoesNotTakeNeverReachesAFunction(t *testing.T) {
	f := &function{result: ok()}
	g := open(f)
	longest := "/?" + strings.Repeat("x", 4<<10-2)
	header := []string{"X-Large", strings.Repeat("x", 8<<10-len("X-Large"))}

	require.Equal(t, 201, send(g, "GET", longest, "").Code)
	require.Equal(t, 201, send(g, "POST", "/", "", header...).Code)
	f.last.Event = nil
	for _, w := range []*httptest.ResponseRecorder{
		send(g, "GET", longest+"x", ""),
		send(g, "POST", "/", "", header[0], header[1]+"x"),
	} {
		require.Equal(t, 400, w.Code)
		require.Contains(t, w.Body.String(), `"Code":"InvalidArgument"`)
	}
	require.Nil(t, f.last.Event)
}

func TestHeadersOfThePlatformAreItsOwn(t *testing.T) {
	f := &function{result: ok()}
	send(open(f), "GET", "/", "", "X-Fc-Security-Token", "mine", "Connection", "close", "Keep-Alive", "5", "X-Mine", "yes")
	require.Equal(t, map[string]any{"Host": "example.com", "X-Mine": "yes"}, f.event(t)["headers"])
}

func TestAGatewayCanReplaceTheHost(t *testing.T) {
	f := &function{result: ok()}
	g := gateway.New(gateway.Config{
		Invoke: f.invoke, RequestID: func() string { return "id" }, Host: "1234.cn-hangzhou.fc.aliyuncs.com",
		Routes: []gateway.Route{{Path: "/", Function: "pop", Event: gateway.HTTPTriggerEvent}},
	})
	g.Ready()
	send(g, "GET", "/", "")
	require.Equal(t, "1234.cn-hangzhou.fc.aliyuncs.com", f.event(t)["headers"].(map[string]any)["Host"])
}
