package store

import (
	"aegis/shared/pop"
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/aliyun/aliyun-tablestore-go-sdk/common"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// A pooledClient is an SDK client that takes a context and credentials for each call.
// The SDK's own calls take no context, and its client keeps one set of credentials. The
// pooledClient is the client's transport, so that a call ends with the caller's context
// and sends nothing later. It is also the client's credentials provider, because a
// function gets new credentials with each invocation.
type pooledClient struct {
	client      *tablestore.TableStoreClient
	ctx         context.Context
	credentials pop.Credentials
	transport   http.RoundTripper
}

// RoundTrip sends a request under the call's context.
func (l *pooledClient) RoundTrip(r *http.Request) (*http.Response, error) {
	return l.transport.RoundTrip(r.WithContext(l.ctx))
}

// GetCredentials returns the call's credentials to the SDK.
func (l *pooledClient) GetCredentials() common.Credentials {
	return &common.DefaultCredentials{
		AccessKeyID:     l.credentials.AccessKeyID,
		AccessKeySecret: l.credentials.AccessKeySecret,
		SecurityToken:   l.credentials.SecurityToken,
	}
}

// clientPool keeps idle clients that share one transport and one limit of resends.
type clientPool struct {
	pool sync.Pool
}

func newClientPool(c Config, transport http.RoundTripper, resends uint) *clientPool {
	ls := &clientPool{}
	ls.pool.New = func() any { return newPooledClient(c, transport, resends) }
	return ls
}

func newPooledClient(c Config, transport http.RoundTripper, resends uint) *pooledClient {
	l := &pooledClient{transport: transport}
	config := tablestore.NewDefaultTableStoreConfig()
	config.Transport = l
	config.RetryTimes = resends
	config.HTTPTimeout.RequestTimeout = 0 // the context has the deadline; net/http's own error would be resent
	l.client = tablestore.NewClientWithConfig(c.Endpoint, c.Instance, "", "", "", config, tablestore.SetCredentialsProvider(l))
	return l
}

// with runs one SDK call on a client that no other call uses.
func (ls *clientPool) with(ctx context.Context, credentials pop.Credentials, call func(*tablestore.TableStoreClient) error) error {
	if err := ctx.Err(); err != nil {
		return &net.OpError{Op: "dial", Err: err} // nothing was sent
	}

	l := ls.pool.Get().(*pooledClient)
	defer ls.pool.Put(l)
	l.ctx, l.credentials = ctx, credentials
	err := call(l.client)
	l.ctx, l.credentials = nil, pop.Credentials{}
	return err
}

// newTransport returns a transport that keeps enough connections open for a function
// under load and for the tools. It ignores HTTP_PROXY: the endpoint names the store.
func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 3 * time.Second}).DialContext,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     25 * time.Second,
	}
}
