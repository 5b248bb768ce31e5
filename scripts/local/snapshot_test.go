package main_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
)

// A snapshot of a running stack holds what was sold before it, and nothing that
// was sold after.
func TestSnapshotsOfAStack(t *testing.T) {
	binary, data := command(t), dataFolder(t)
	snapshot := func(store string, args ...string) (string, error) {
		args = append([]string{"-data", data, "-tablestore", store, "-snapshot"}, args...)
		out, err := exec.Command(binary, args...).CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	stop := func(r *running) {
		require.NoError(t, r.Process.Kill())
		_ = r.Wait() // says that it was killed
	}
	owners := local.ResellersOwners()

	first := start(t, binary, data)
	store := strings.TrimPrefix(first.store, "http://")
	before, _, err := buyer(t, first, owners[0]).Create(token(owners[0]), 4, 5, 1)
	require.NoError(t, err)
	out, err := snapshot(store, "save", "one")
	require.NoError(t, err, out)
	after, _, err := buyer(t, first, owners[1]).Create(token(owners[1]), 4, 5, 1)
	require.NoError(t, err)
	out, err = snapshot(store, "load", "one")
	require.Error(t, err)
	require.Contains(t, out, "in use")
	stop(first)

	out, err = snapshot(store, "load", "one")
	require.NoError(t, err, out)
	second := start(t, binary, data)
	again, _, err := buyer(t, second, owners[0]).Create(token(owners[0]), 4, 5, 1)
	require.NoError(t, err)
	require.Equal(t, before, again)
	other, _, err := buyer(t, second, owners[1]).Create(token(owners[1]), 4, 5, 1)
	require.NoError(t, err)
	require.NotEqual(t, after, other, "the snapshot is from before that order")
	stop(second)

	out, err = snapshot(store, "reset", "two")
	require.NoError(t, err, out)
	third := start(t, binary, data)
	fresh, _, err := buyer(t, third, owners[0]).Create(token(owners[0]), 4, 5, 1)
	require.NoError(t, err)
	require.NotEqual(t, before, fresh)
	stop(third)

	for because, args := range map[string][]string{
		"want one NAME": {"save"}, "must be one of": {"keep", "x"}, "snapshot name": {"save", "../x"},
	} {
		out, err := snapshot(store, args...)
		require.Error(t, err)
		require.Contains(t, out, because)
		require.NotContains(t, out, "\n")
	}
}

// What the reseller sold after the snapshot is gone at the seller too.
func TestASnapshotOfAResellerHoldsTheSellersDataToo(t *testing.T) {
	binary, data := command(t), dataFolder(t)
	snapshot := func(args ...string) {
		out, err := exec.Command(binary, append([]string{"-data", data, "-snapshot"}, args...)...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	owners := local.ResellersOwners()
	buy := func(r *running, owner string) string {
		order, _, err := buyer(t, r, owner).Create(token(owner), 4, 5, 1)
		require.NoError(t, err)
		return order
	}

	first := start(t, binary, data, "-upstream")
	before := buy(first, owners[0])
	snapshot("save", "one")
	after := buy(first, owners[1])
	require.NoError(t, first.Process.Kill())
	_ = first.Wait() // says that it was killed

	snapshot("load", "one")
	second := start(t, binary, data, "-upstream")
	require.Equal(t, before, buy(second, owners[0]))
	require.NotEqual(t, after, buy(second, owners[1]), "the snapshot is from before that order")
}
