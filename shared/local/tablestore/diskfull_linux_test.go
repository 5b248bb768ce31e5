package tablestore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"aegis/shared/local/tablestore"
)

// TestAFullDisk limits how large a server's files may become, which fails its
// writes as a full disk does, and lifts the limit again.
func TestAFullDisk(t *testing.T) {
	folder := t.TempDir()
	c := startChild(t, folder)
	f := &fixture{T: t, client: c.client}
	f.table("sales", indexed)
	acknowledged := 0
	put := func() error {
		err := f.tryPut("sales", key("o", fmt.Sprint(acknowledged)), mustMiss, "pad", strings.Repeat("x", 50_000))
		if err == nil {
			acknowledged++
		}
		return err
	}
	require.NoError(t, put())

	info, err := os.Stat(filepath.Join(folder, "tablestore.db"))
	require.NoError(t, err)
	pid := c.process.Process.Pid
	limit := unix.Rlimit{Cur: uint64(info.Size()), Max: unix.RLIM_INFINITY}
	require.NoError(t, unix.Prlimit(pid, unix.RLIMIT_FSIZE, &limit, nil))
	for range 3 * info.Size() / 50_000 {
		if err = put(); err != nil {
			break
		}
	}
	requireCode(t, err, "OTSInternalServerError")
	require.Error(t, put(), "the disk is still full")
	require.NotNil(t, f.get("sales", key("o", "0")), "reads go on")

	limit.Cur = unix.RLIM_INFINITY
	require.NoError(t, unix.Prlimit(pid, unix.RLIMIT_FSIZE, &limit, nil))
	require.NoError(t, put(), "there is room again")
	f.table("audit")
	c.kill(t)

	_, err = tablestore.Verify(folder)
	require.NoError(t, err)
	c = startChild(t, folder)
	f.client = c.client
	for n := range acknowledged {
		require.NotNil(t, f.get("sales", key("o", fmt.Sprint(n))))
	}
	require.Nil(t, f.get("sales", key("o", fmt.Sprint(acknowledged))))
	c.kill(t)
}
