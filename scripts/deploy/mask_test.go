package main

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatOtherToolsPrintHasNoSecret(t *testing.T) {
	set := map[string]string{"MARKET_SECRET": "market-0b6ad2", "ACCESS_MASTER_KEY": "newest-key, older-key", "REGION": "cn-hangzhou"}
	var out bytes.Buffer
	d := &deployment{values: readValues(func(name string) string { return set[name] }), out: &out}
	m := d.mask()

	_, err := io.WriteString(m, "region cn-hangzhou\n  MARKET_SECRET: \"the old one\" => \"market-0b")
	require.NoError(t, err)
	require.Equal(t, "region cn-hangzhou\n", out.String(), "a line is passed on when it has ended")
	_, err = io.WriteString(m, "6ad2\"\n+ ACCESS_MASTER_KEY=gone\nelsewhere: older-key and newest-key")
	require.NoError(t, err)
	require.NoError(t, m.Close())

	require.Equal(t, "region cn-hangzhou\n  MARKET_SECRET: ********\n+ ACCESS_MASTER_KEY=********\nelsewhere: ******** and ********", out.String())
}
