package tablestore_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestoretest"
)

func TestSalvage(t *testing.T) {
	folder, to := t.TempDir(), t.TempDir()
	f := start(t, tablestoretest.With(func(c *tablestore.Config) { c.Dir = folder }))
	f.table("sales", indexed)
	for i := range 50 {
		f.put("sales", key("o", fmt.Sprintf("row%02d", i)), "shard", "s", "due", int64(i), "pad", strings.Repeat("x", 400))
	}
	f.store.Close()
	before, err := tablestore.Verify(folder)
	require.NoError(t, err)
	require.Equal(t, 2, before.Tables)

	// One row's key is damaged, and so is every copy of it on free pages.
	file := filepath.Join(folder, "tablestore.db")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	damaged := bytes.ReplaceAll(content, []byte("row07"), []byte("row0X"))
	require.NoError(t, os.WriteFile(file, damaged, 0o600))
	_, err = tablestore.Verify(folder)
	require.ErrorContains(t, err, "-salvage")

	kept, err := tablestore.Salvage(folder, to)
	require.NoError(t, err)
	require.NotEmpty(t, kept.Damage)
	require.Equal(t, tablestore.SalvagedTable{Name: "local/sales", Rows: 49, State: "rows lost: 1"}, kept.Tables[1])

	g := start(t, tablestoretest.With(func(c *tablestore.Config) { c.Dir = to }))
	require.Nil(t, g.get("sales", key("o", "row07")))
	require.NotNil(t, g.get("sales", key("o", "row08")))
	require.Len(t, g.scan(criteria("sales", lowest("o"), highest("o"), sdk.FORWARD)).Rows, 49)
	require.Len(t, g.due("sales_by_due", "s"), 49, "the index agrees with the table")

	_, err = tablestore.Salvage(folder, to)
	require.ErrorContains(t, err, "holds a data file already")
}
