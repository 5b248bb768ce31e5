package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/doctor"
	"aegis/shared/local"
)

func TestANameThatTheCloudWouldNotFindIsRefused(t *testing.T) {
	made := doctor.Made("cn-hangzhou", "1234567890123456", "aegis-test")
	for name, wrong := range map[string][]string{
		"FC_ROLE_SALES": {
			"acs:ram::1234567890123456:role/Aegis-sales", "acs:ram::1:role/aegis-sales", "aegis-sales", "acs:ram::1234567890123456:role/", "acs:ram:cn-hangzhou:1234567890123456:role/a",
		},
		"MARKET_DEAD_QUEUE": {
			"acs:mns:cn-hangzhou:1234567890123456:queues/market-orders-dead", "acs:mns:cn-beijing:1234567890123456:/queues/market-orders-dead",
			"acs:mns:cn-hangzhou:1234567890123456:/queues/", "acs:mns:cn-hangzhou:1234567890123456:/queues/market-orders-dead/messages", "market-orders-dead",
		},
		"MARKET_QUEUE":        {"https://1234567890123456.mns.cn-hangzhou.aliyuncs.com/market-orders", "market-orders"},
		"TABLESTORE_INSTANCE": {"Aegis", "a"},
		"LOG_PROJECT":         {"Logs", "-a-"},
	} {
		for _, text := range wrong {
			require.Contains(t, problemOf(name, text), name+` is "`+text+`", it must be `)
		}
		require.Empty(t, problemOf(name, made[name]), "as the foundation makes it")
	}
}

// problemOf is what a check of s.yaml's values says of one.
func problemOf(name, text string) string {
	values := map[string]string{"REGION": "cn-hangzhou", name: text}
	d := &deployment{values: readValues(func(name string) string { return values[name] })}
	return d.values.problem(value{name: name, fits: d.shapeOf(name)})
}

// The values of the local stack have the same shapes, so that s reads there what it will
// deploy.
func TestTheLocalValuesHaveTheShapesOfTheCloud(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	values := map[string]string{}
	for line := range strings.Lines(source(t, filepath.Join(root, "scripts", "deploy", "local.env"))) {
		if name, text, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			values[name] = text
		}
	}
	d := &deployment{values: readValues(func(name string) string { return values[name] })}
	shaped := 0
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if fits := d.shapeOf(name); fits != nil {
			require.Empty(t, fits(values[name]), name)
			shaped++
		}
	}
	require.Equal(t, 9, shaped)
}
