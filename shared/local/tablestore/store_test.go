package tablestore_test

import (
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/tablestoretest"
)

// fixture is a store with a client, and short ways to say common things.
type fixture struct {
	*testing.T
	store  *tablestoretest.Store
	client *sdk.TableStoreClient
}

func start(t *testing.T, options ...tablestoretest.Option) *fixture {
	store := tablestoretest.Start(t, options...)
	return &fixture{T: t, store: store, client: store.Client()}
}

// table makes a table with the keys (owner STRING, item STRING), changed by
// the options.
func (f *fixture) table(name string, options ...func(*sdk.CreateTableRequest)) {
	f.Helper()
	meta := &sdk.TableMeta{TableName: name}
	meta.AddPrimaryKeyColumn("owner", sdk.PrimaryKeyType_STRING)
	meta.AddPrimaryKeyColumn("item", sdk.PrimaryKeyType_STRING)
	request := &sdk.CreateTableRequest{
		TableMeta:          meta,
		TableOption:        &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1},
		ReservedThroughput: &sdk.ReservedThroughput{},
	}
	for _, option := range options {
		option(request)
	}
	_, err := f.client.CreateTable(request)
	require.NoError(f, err)
}

func versions(n int) func(*sdk.CreateTableRequest) {
	return func(r *sdk.CreateTableRequest) { r.TableOption.MaxVersion = n }
}

func key(owner, item string) *sdk.PrimaryKey {
	k := &sdk.PrimaryKey{}
	k.AddPrimaryKeyColumn("owner", owner)
	k.AddPrimaryKeyColumn("item", item)
	return k
}

// columns are name, value, name, value…
func putChange(table string, k *sdk.PrimaryKey, expect sdk.RowExistenceExpectation, columns ...any) *sdk.PutRowChange {
	change := &sdk.PutRowChange{TableName: table, PrimaryKey: k}
	for i := 0; i < len(columns); i += 2 {
		change.AddColumn(columns[i].(string), columns[i+1])
	}
	change.SetCondition(expect)
	return change
}

func (f *fixture) put(table string, k *sdk.PrimaryKey, columns ...any) {
	f.Helper()
	require.NoError(f, f.tryPut(table, k, sdk.RowExistenceExpectation_IGNORE, columns...))
}

func (f *fixture) tryPut(table string, k *sdk.PrimaryKey, expect sdk.RowExistenceExpectation, columns ...any) error {
	_, err := f.client.PutRow(&sdk.PutRowRequest{PutRowChange: putChange(table, k, expect, columns...)})
	return err
}

func updateChange(table string, k *sdk.PrimaryKey) *sdk.UpdateRowChange {
	change := &sdk.UpdateRowChange{TableName: table, PrimaryKey: k}
	change.SetCondition(sdk.RowExistenceExpectation_IGNORE)
	return change
}

func (f *fixture) update(change *sdk.UpdateRowChange) *sdk.UpdateRowResponse {
	f.Helper()
	response, err := f.client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: change})
	require.NoError(f, err)
	return response
}

func (f *fixture) tryDelete(table string, k *sdk.PrimaryKey, expect sdk.RowExistenceExpectation) error {
	change := &sdk.DeleteRowChange{TableName: table, PrimaryKey: k}
	change.SetCondition(expect)
	_, err := f.client.DeleteRow(&sdk.DeleteRowRequest{DeleteRowChange: change})
	return err
}

// get is the row's columns by name, newest version; nil if there is no row.
func (f *fixture) get(table string, k *sdk.PrimaryKey) map[string]any {
	f.Helper()
	response, err := f.client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: &sdk.SingleRowQueryCriteria{
		TableName: table, PrimaryKey: k, MaxVersion: 1,
	}})
	require.NoError(f, err)
	if len(response.PrimaryKey.PrimaryKeys) == 0 {
		return nil
	}
	return columnsOf(response.Columns)
}

func columnsOf(columns []*sdk.AttributeColumn) map[string]any {
	found := make(map[string]any, len(columns))
	for _, c := range columns {
		found[c.ColumnName] = c.Value
	}
	return found
}

// items are the second key columns of the rows, in order.
func items(rows []*sdk.Row) []string {
	found := make([]string, 0, len(rows))
	for _, row := range rows {
		found = append(found, row.PrimaryKey.PrimaryKeys[1].Value.(string))
	}
	return found
}

// requireCode requires the service's error code, and the message if given.
func requireCode(t testing.TB, err error, code string, message ...string) {
	t.Helper()
	var refused *sdk.OtsError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, code, refused.Code, refused.Message)
	for _, m := range message {
		require.Equal(t, m, refused.Message)
	}
}
