// Package limits holds the limits on names and values that several places
// check, in the service's words.
package limits

import (
	"strings"

	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

const (
	maxName        = 255
	maxColumnBytes = 2 << 20
)

// TableName requires ^[A-Za-z_][A-Za-z0-9_]{0,254}$.
func TableName(name string) error {
	if !isIdentifier(name) {
		return ots.Invalid("Invalid table name: '%s'.", name)
	}
	return nil
}

func isIdentifier(name string) bool {
	if name == "" || len(name) > maxName {
		return false
	}

	for i := range len(name) {
		c := name[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}

	return true
}

// ColumnName is as lax as the real service: anything of 1 to 255 bytes that
// does not start with '#'.
func ColumnName(name string) error {
	if name == "" || len(name) > maxName || strings.HasPrefix(name, "#") {
		return ots.Invalid("Invalid column name: '%s'.", name)
	}
	return nil
}

// ColumnLength refuses an attribute's value that is too long.
func ColumnLength(name string, v plainbuffer.Value) error {
	if n := len(v.Bytes); n > maxColumnBytes {
		return ots.Invalid("The length of attribute column: '%s' exceeds the MaxLength:%d with CurrentLength:%d.", name, maxColumnBytes, n)
	}
	return nil
}
