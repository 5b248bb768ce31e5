package tablestore_test

import (
	"fmt"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"
)

func (f *fixture) tryCreate(meta *sdk.TableMeta, options ...func(*sdk.CreateTableRequest)) error {
	request := &sdk.CreateTableRequest{
		TableMeta:          meta,
		TableOption:        &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1},
		ReservedThroughput: &sdk.ReservedThroughput{},
	}
	for _, option := range options {
		option(request)
	}
	_, err := f.client.CreateTable(request)
	return err
}

func (f *fixture) create(meta *sdk.TableMeta, options ...func(*sdk.CreateTableRequest)) {
	f.Helper()
	require.NoError(f, f.tryCreate(meta, options...))
}

func oneKey(table string) *sdk.TableMeta {
	meta := &sdk.TableMeta{TableName: table}
	meta.AddPrimaryKeyColumn("k", sdk.PrimaryKeyType_STRING)
	return meta
}

func TestTables(t *testing.T) {
	f := start(t)
	f.table("sales", versions(3))

	t.Run("a table describes itself as it was made", func(t *testing.T) {
		d, err := f.client.DescribeTable(&sdk.DescribeTableRequest{TableName: "sales"})
		require.NoError(t, err)
		require.Equal(t, "sales", d.TableMeta.TableName)
		require.Equal(t, "owner", *d.TableMeta.SchemaEntry[0].Name)
		require.Equal(t, sdk.PrimaryKeyType_STRING, *d.TableMeta.SchemaEntry[1].Type)
		require.Equal(t, -1, d.TableOption.TimeToAlive)
		require.Equal(t, 3, d.TableOption.MaxVersion)
		require.EqualValues(t, 86400, d.TableOption.DeviationCellVersionInSec)
	})
	t.Run("a second table of the name is refused", func(t *testing.T) {
		requireCode(t, f.tryCreate(oneKey("sales")), "OTSObjectAlreadyExist", "Requested table already exists.")
	})
	t.Run("tables are listed by name", func(t *testing.T) {
		f.table("audit")
		list, err := f.client.ListTable()
		require.NoError(t, err)
		require.Equal(t, []string{"audit", "sales"}, list.TableNames)
	})
	t.Run("settings can be changed", func(t *testing.T) {
		u, err := f.client.UpdateTable(&sdk.UpdateTableRequest{
			TableName:          "sales",
			TableOption:        &sdk.TableOption{TimeToAlive: 86400, MaxVersion: 2},
			ReservedThroughput: &sdk.ReservedThroughput{Readcap: 7},
		})
		require.NoError(t, err)
		require.Equal(t, 2, u.TableOption.MaxVersion)
		d, err := f.client.DescribeTable(&sdk.DescribeTableRequest{TableName: "sales"})
		require.NoError(t, err)
		require.Equal(t, 86400, d.TableOption.TimeToAlive)
		require.Equal(t, 7, d.ReservedThroughput.Readcap)
	})
	t.Run("a time to live under a day is refused", func(t *testing.T) {
		_, err := f.client.UpdateTable(&sdk.UpdateTableRequest{TableName: "sales", TableOption: &sdk.TableOption{TimeToAlive: 60, MaxVersion: 1}})
		requireCode(t, err, "OTSParameterInvalid")
	})
	t.Run("whether updates write full rows cannot be changed", func(t *testing.T) {
		_, err := f.client.UpdateTable(&sdk.UpdateTableRequest{TableName: "sales", TableOption: &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1, UpdateFullRow: ptr(true)}})
		requireCode(t, err, "OTSParameterInvalid")
		require.ErrorContains(t, err, "contain updateFullRow")
	})
	t.Run("a deleted table takes its rows along", func(t *testing.T) {
		f.table("brief")
		f.put("brief", key("o", "1"))
		_, err := f.client.DeleteTable(&sdk.DeleteTableRequest{TableName: "brief"})
		require.NoError(t, err)
		requireCode(t, f.tryPut("brief", key("o", "1"), ignore), "OTSObjectNotExist", "Requested table does not exist.")
		f.table("brief")
		require.Nil(t, f.get("brief", key("o", "1")))
	})
	t.Run("names that are none are refused", func(t *testing.T) {
		for _, name := range []string{"1st", "a-b", "é", strings.Repeat("x", 256)} {
			_, err := f.client.DeleteTable(&sdk.DeleteTableRequest{TableName: name})
			requireCode(t, err, "OTSParameterInvalid", fmt.Sprintf("Invalid table name: '%s'.", name))
		}
	})
	t.Run("a fifth key column is refused", func(t *testing.T) {
		meta := &sdk.TableMeta{TableName: "wide"}
		for i := range 5 {
			meta.AddPrimaryKeyColumn(fmt.Sprint("k", i), sdk.PrimaryKeyType_STRING)
		}
		requireCode(t, f.tryCreate(meta), "OTSParameterInvalid", "The number of primary key columns must be in range: [1, 4].")
	})
	t.Run("a key column twice is refused", func(t *testing.T) {
		meta := oneKey("twice")
		meta.AddPrimaryKeyColumn("k", sdk.PrimaryKeyType_INTEGER)
		requireCode(t, f.tryCreate(meta), "OTSParameterInvalid", "Duplicated primary key name: 'k'.")
	})
	t.Run("a 65th table is refused", func(t *testing.T) {
		list, err := f.client.ListTable()
		require.NoError(t, err)
		for i := len(list.TableNames); i < 64; i++ {
			f.create(oneKey(fmt.Sprint("t", i)))
		}
		requireCode(t, f.tryCreate(oneKey("t64")), "OTSQuotaExhausted", "Number of tables exceeds the quota:64.")
	})
}

func TestKeysAreChecked(t *testing.T) {
	f := start(t)
	f.table("sales")
	of := func(names ...string) *sdk.PrimaryKey {
		k := &sdk.PrimaryKey{}
		for _, name := range names {
			k.AddPrimaryKeyColumn(name, "v")
		}
		return k
	}
	t.Run("too few columns", func(t *testing.T) {
		requireCode(t, f.tryPut("sales", of("owner"), ignore), "OTSInvalidPK", "Validate PK size fail. Input: 1, Meta: 2.")
	})
	t.Run("another name", func(t *testing.T) {
		requireCode(t, f.tryPut("sales", of("owner", "PK2"), ignore), "OTSInvalidPK", "Validate PK name fail. Input: PK2, Meta: item.")
	})
	t.Run("too many columns, whether or not there is such a table", func(t *testing.T) {
		err := f.tryPut("nowhere", of("a", "b", "c", "d", "e"), ignore)
		requireCode(t, err, "OTSParameterInvalid", "The number of primary key columns must be in range: [1, 4].")
	})
	t.Run("too long a value", func(t *testing.T) {
		requireCode(t, f.tryPut("sales", key("o", strings.Repeat("x", 1025)), ignore), "OTSParameterInvalid",
			"The length of primary key column: 'item' exceeds the MaxLength:1024 with CurrentLength:1025.")
		require.NoError(t, f.tryPut("sales", key("o", strings.Repeat("\x00", 1024)), ignore))
	})
	t.Run("an infinity", func(t *testing.T) {
		_, err := f.client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: &sdk.SingleRowQueryCriteria{TableName: "sales", PrimaryKey: lowest("o"), MaxVersion: 1}})
		requireCode(t, err, "OTSParameterInvalid", "VT_INF_MIN is an invalid type for the primary key.")
	})
}

func TestColumnsAreChecked(t *testing.T) {
	f := start(t)
	f.table("sales")
	t.Run("names that are none", func(t *testing.T) {
		for _, name := range []string{"#a", strings.Repeat("x", 256)} {
			requireCode(t, f.tryPut("sales", key("o", "1"), ignore, name, "v"), "OTSParameterInvalid", fmt.Sprintf("Invalid column name: '%s'.", name))
		}
		require.NoError(t, f.tryPut("sales", key("o", "1"), ignore, "名 a-b'\"", "v"))
	})
	t.Run("values over 2 MiB", func(t *testing.T) {
		requireCode(t, f.tryPut("sales", key("o", "1"), ignore, "attr", strings.Repeat("x", 2<<20+1)), "OTSParameterInvalid",
			"The length of attribute column: 'attr' exceeds the MaxLength:2097152 with CurrentLength:2097153.")
	})
	t.Run("more than 1,024 columns", func(t *testing.T) {
		var columns []any
		for i := range 1025 {
			columns = append(columns, fmt.Sprint("c", i), "v")
		}
		requireCode(t, f.tryPut("sales", key("o", "1"), ignore, columns...), "OTSParameterInvalid",
			"The number of attribute columns exceeds the limit, limit count: 1024, column count: 1025.")
		require.NoError(t, f.tryPut("sales", key("o", "full"), ignore, columns[:2048]...))
		more := updateChange("sales", key("o", "full"))
		more.PutColumn("one more", "v")
		f.update(more) // the limit is on a request, not on a row
		require.Len(t, f.get("sales", key("o", "full")), 1025)
	})
}
