package store

import (
	"aegis/shared/pop"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// Config names the Tablestore instance and the credentials.
type Config struct {
	Endpoint    string          // e.g. https://aegis.cn-hangzhou.vpc.tablestore.aliyuncs.com
	Instance    string          // the instance's name
	Credentials pop.Credentials // for every call; without an AccessKeyID, those that the call's context carries
	Timeout     time.Duration   // of a whole call with its resends, 0: 5 s; a nearer deadline of the context wins
}

type credentialsKey struct{}

// WithCredentials returns a context that carries credentials.
func WithCredentials(ctx context.Context, c pop.Credentials) context.Context {
	return context.WithValue(ctx, credentialsKey{}, c)
}

// CredentialsOf returns the credentials of a context, empty if it has none.
func CredentialsOf(ctx context.Context) pop.Credentials {
	c, _ := ctx.Value(credentialsKey{}).(pop.Credentials)
	return c
}

// Store is a Client of a real Tablestore instance. It is safe for concurrent use.
type Store struct {
	config Config
	reads  *clientPool
	writes *clientPool
}

// Open prepares a Store. It sends nothing yet.
func Open(c Config) (*Store, error) {
	if c.Endpoint == "" || c.Instance == "" {
		return nil, errors.New("open store: endpoint and instance must both be set")
	}
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Second
	}
	transport := newTransport()
	return &Store{config: c, reads: newClientPool(c, transport, 10), writes: newClientPool(c, transport, 0)}, nil
}

// call runs one SDK call with the context's credentials and within the timeout.
func (s *Store) call(ctx context.Context, on *clientPool, f func(*tablestore.TableStoreClient) error) error {
	credentials := s.config.Credentials
	if credentials.AccessKeyID == "" {
		credentials = CredentialsOf(ctx)
	}
	usageOf(ctx).request()
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	return on.with(ctx, credentials, f)
}

// Read implements Client.
func (s *Store) Read(ctx context.Context, keys ...Key) ([]Row, error) {
	request, places := readRequest(keys)
	rows := make([]Row, len(keys))
	err := s.call(ctx, s.reads, func(c *tablestore.TableStoreClient) error {
		response, err := c.BatchGetRow(request)
		if err != nil {
			return err
		}
		for _, results := range response.TableToRowsResult {
			for _, r := range results {
				usageOf(ctx).units(r.ConsumedCapacityUnit)
			}
		}
		return collect(response, keys, places, rows)
	})
	if err != nil {
		return nil, asRead("read "+describe(keys[0]), err)
	}

	return rows, nil
}

// Commit implements Client. Its errors are those of the package comment.
func (s *Store) Commit(ctx context.Context, changes ...Change) error {
	request := commitRequest(changes)
	err := s.call(ctx, s.writes, func(c *tablestore.TableStoreClient) error {
		response, err := c.BatchWriteRow(request)
		if err != nil {
			return err
		}
		for _, results := range response.TableToRowsResult {
			for _, r := range results {
				usageOf(ctx).units(r.ConsumedCapacityUnit)
			}
		}
		return failure(response)
	})
	if err != nil {
		return explain("commit "+describe(changes[0].Key), err)
	}

	return nil
}

// Range implements Client.
func (s *Store) Range(ctx context.Context, r Range) ([]Row, string, error) {
	var rows []Row
	var next string
	err := s.call(ctx, s.reads, func(c *tablestore.TableStoreClient) error {
		response, err := c.GetRange(rangeRequest(r))
		if err != nil {
			return err
		}
		usageOf(ctx).units(response.ConsumedCapacityUnit)
		rows, next = page(r, response)
		return nil
	})
	if err != nil {
		return nil, "", asRead(fmt.Sprintf("range over %s of %s in %s", r.Prefix, r.Partition, r.Table.Name), err)
	}

	return rows, next, nil
}

// describe names a row in an error. A sort key can hold a caller's ClientToken,
// so only its kind, up to the first slash, is named.
func describe(k Key) string {
	return k.Table.Name + " " + k.Partition + " " + kind(k.Sort)
}
