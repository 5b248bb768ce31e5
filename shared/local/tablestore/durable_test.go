package tablestore_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestoretest"
)

func TestRestarts(t *testing.T) {
	f := start(t, tablestoretest.Durable())
	f.table("sales", versions(2))
	f.put("sales", key("o", "1"), "v", "kept")
	f.store.Restart()
	require.Equal(t, map[string]any{"v": "kept"}, f.get("sales", key("o", "1")))
	d, err := f.client.DescribeTable(&sdk.DescribeTableRequest{TableName: "sales"})
	require.NoError(t, err)
	require.Equal(t, 2, d.TableOption.MaxVersion)
	f.table("audit")
	f.put("audit", key("o", "1"))
	require.Equal(t, map[string]any{"v": "kept"}, f.get("sales", key("o", "1")), "the new table is apart from the old")
}

func TestMemoryForgets(t *testing.T) {
	f := start(t)
	f.table("sales")
	f.store.Restart()
	list, err := f.client.ListTable()
	require.NoError(t, err)
	require.Empty(t, list.TableNames)
}

func TestClosedServersAreUnavailable(t *testing.T) {
	f := start(t)
	f.table("sales")
	require.NoError(t, f.store.Server().Close())
	requireCode(t, f.tryPut("sales", key("o", "1"), ignore), "OTSServerUnavailable")
	config := sdk.NewDefaultTableStoreConfig()
	config.RetryTimes = 0
	f.client = sdk.NewClientWithConfig(f.store.URL, "local", "local", "local", "", config)
	_, err := f.client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: &sdk.SingleRowQueryCriteria{TableName: "sales", PrimaryKey: key("o", "1"), MaxVersion: 1}})
	requireCode(t, err, "OTSServerUnavailable", "Server is not available.")
}

// filled is a data folder with some rows in it, closed.
func filled(t *testing.T) (folder, file string) {
	folder = t.TempDir()
	f := start(t, tablestoretest.With(func(c *tablestore.Config) { c.Dir = folder }))
	f.table("sales")
	var changes []sdk.RowChange
	for i := range 200 {
		changes = append(changes, putChange("sales", key("o", fmt.Sprint(i)), ignore, "v", fmt.Sprintf("a value to damage %0100d", i)))
	}
	f.batch(false, changes...)
	f.store.Close()
	return folder, filepath.Join(folder, "tablestore.db")
}

func requireRefused(t *testing.T, folder, because string) {
	t.Helper()
	_, err := tablestore.Open(tablestore.Config{Dir: folder})
	require.ErrorContains(t, err, because)
	require.NotContains(t, err.Error(), "\n")
}

func TestDamagedFilesAreRefused(t *testing.T) {
	for _, keep := range []int64{0, 100, 4096, 8192, 12288, 40960} {
		t.Run(fmt.Sprintf("truncated to %d bytes", keep), func(t *testing.T) {
			folder, file := filled(t)
			require.NoError(t, os.Truncate(file, keep))
			requireRefused(t, folder, "the data file is corrupt: truncated")
		})
	}
	damage := func(t *testing.T, change func(content []byte) []byte) {
		folder, file := filled(t)
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, change(content), 0o600))
		requireRefused(t, folder, "the data file is corrupt")
	}
	t.Run("a bit of either meta page flipped", func(t *testing.T) {
		for _, at := range []int{16 + 40, os.Getpagesize() + 16 + 40} {
			damage(t, func(content []byte) []byte { content[at] ^= 1; return content })
		}
	})
	t.Run("a bit of a row flipped", func(t *testing.T) {
		damage(t, func(content []byte) []byte {
			return bytes.Replace(content, []byte("a value to damage 0"), []byte("A value to damage 0"), -1)
		})
	})
	t.Run("pages overwritten", func(t *testing.T) {
		damage(t, func(content []byte) []byte {
			clear(content[2*os.Getpagesize() : 20*os.Getpagesize()])
			return content
		})
	})
	t.Run("another program's file", func(t *testing.T) {
		folder := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "tablestore.db"), make([]byte, 1<<16), 0o600))
		requireRefused(t, folder, "the data file is corrupt")
	})
}

func TestFoldersThatCannotBeUsed(t *testing.T) {
	t.Run("one in use", func(t *testing.T) {
		folder := t.TempDir()
		server, err := tablestore.Open(tablestore.Config{Dir: folder})
		require.NoError(t, err)
		defer func() { require.NoError(t, server.Close()) }()
		requireRefused(t, folder, "in use by another process")
	})
	t.Run("one that is a file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		requireRefused(t, file, "create data folder")
	})
}
