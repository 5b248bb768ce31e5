package console_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func texts(t *testing.T, language string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("static", "texts", language+".json"))
	require.NoError(t, err)
	var all map[string]string
	require.NoError(t, json.Unmarshal(text, &all))
	return all
}

// scripts returns the page's own code, file by file.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir("static", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".js" || strings.Contains(path, "vendor") {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	}))
	return all
}

func TestBothLanguagesHaveTheSameTexts(t *testing.T) {
	english, chinese := texts(t, "en"), texts(t, "zh-CN")
	require.Equal(t, slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(chinese)))
	placeholder := regexp.MustCompile(`\{\w+\}`)
	for key := range english {
		require.NotEmpty(t, english[key], key)
		require.NotEmpty(t, chinese[key], key)
		require.ElementsMatch(t, placeholder.FindAllString(english[key], -1), placeholder.FindAllString(chinese[key], -1), key)
	}
}

// A key is a literal, one of two literals, or begins with a literal: t('a'), t(x ? 'a' : 'b'),
// t('a.' + x).
func TestEveryTextThatAPageUsesExistsAndIsUsed(t *testing.T) {
	keys, used := texts(t, "en"), map[string]bool{}
	literal := regexp.MustCompile(`\bt\('([^']+)'( \+)?`)
	either := regexp.MustCompile(`\bt\([^'()]*\? '([^']+)' : '([^']+)'`)
	for path, code := range scripts(t) {
		for _, call := range literal.FindAllStringSubmatch(code, -1) {
			requireText(t, path, keys, used, call[1], call[2] != "")
		}
		for _, call := range either.FindAllStringSubmatch(code, -1) {
			requireText(t, path, keys, used, call[1], false)
			requireText(t, path, keys, used, call[2], false)
		}
	}
	for key := range keys {
		require.True(t, used[key], "no page uses the text %s", key)
	}
}

func requireText(t *testing.T, path string, keys map[string]string, used map[string]bool, name string, begins bool) {
	t.Helper()
	found := false
	for key := range keys {
		if key == name || begins && strings.HasPrefix(key, name) {
			used[key], found = true, true
		}
	}
	require.True(t, found, "%s uses the text %s", path, name)
}

func TestVendoredFilesAreUnchanged(t *testing.T) {
	list, err := os.ReadFile("static/vendor/VENDOR.txt")
	require.NoError(t, err)
	sums := regexp.MustCompile(`(?m)^([0-9a-f]{64})  (\S+)$`).FindAllStringSubmatch(string(list), -1)
	require.Len(t, sums, 4)
	for _, sum := range sums {
		text, err := os.ReadFile(filepath.Join("static", "vendor", sum[2]))
		require.NoError(t, err)
		got := sha256.Sum256(text)
		require.Equal(t, sum[1], hex.EncodeToString(got[:]), sum[2])
	}
}

func TestThePageNamesNoOtherHost(t *testing.T) {
	outside := regexp.MustCompile(`https?://[\w.]+`)
	for path, code := range scripts(t) {
		require.Empty(t, outside.FindString(code), path)
	}
}
