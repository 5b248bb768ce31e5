package tables

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Cell is a value and what it stands for.
type Cell struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Value  string `json:"value"`
	Means  string `json:"means"`  // the time that a number stands for; "": nothing
	Masked bool   `json:"masked"` // it is a secret
}

// mask stands for a secret.
const mask = "********"

// isSecret reports whether a column's name says that its value must not be shown. A
// "…_until" is a time.
func isSecret(name string) bool {
	name = strings.ToLower(name)
	secret := strings.Contains(name, "secret") || strings.Contains(name, "security_token") || strings.Contains(name, "password")
	return secret && !strings.HasSuffix(name, "_until")
}

// hidden are secrets within values: the marketplace's token of a message that was kept,
// and signatures.
const hidden = `("(?:token|Signature|SecurityToken|AccessKeySecret)"\s*:\s*")[^"]+`

func cellOf(name string, value any) Cell {
	c := Cell{Name: name}
	switch v := value.(type) {
	case string:
		c.Type, c.Value = "STRING", v
	case int64:
		c.Type, c.Value, c.Means = "INTEGER", strconv.FormatInt(v, 10), moment(v)
	case float64:
		c.Type, c.Value = "DOUBLE", strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		c.Type, c.Value = "BOOLEAN", strconv.FormatBool(v)
	case []byte:
		c.Type, c.Value = "BINARY", base64.StdEncoding.EncodeToString(v)
		if utf8.Valid(v) {
			c.Value = string(v)
		}
	default:
		c.Type, c.Value = "?", fmt.Sprint(v)
	}

	if c.Masked = isSecret(name); c.Masked {
		c.Value, c.Means = mask, ""
	}
	c.Value = regexp.MustCompile(hidden).ReplaceAllString(c.Value, "${1}"+mask)
	return c
}

// moment returns the time that a number of milliseconds stands for, if it is one of this
// century.
func moment(ms int64) string {
	at := time.UnixMilli(ms).UTC()
	if at.Year() < 2001 || at.Year() > 2100 {
		return ""
	}
	return at.Format(time.RFC3339Nano)
}

// parseKey reads a key's value as people write it.
func parseKey(f Field, text string) (any, error) {
	switch {
	case strings.HasPrefix(f.Type, "INTEGER"):
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("key %s: %q is no integer", f.Name, text)
		}
		return n, nil
	case f.Type == "BINARY":
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("key %s: %q is no base64", f.Name, text)
		}
		return b, nil
	}
	return text, nil
}

// parseValue reads a column's value of a type as people write it.
func parseValue(kind, text string) (any, error) {
	switch kind {
	case "STRING":
		return text, nil
	case "INTEGER":
		return strconv.ParseInt(text, 10, 64)
	case "DOUBLE":
		return strconv.ParseFloat(text, 64)
	case "BOOLEAN":
		return strconv.ParseBool(text)
	case "BINARY":
		if json.Valid([]byte(text)) {
			return []byte(text), nil
		}
		return base64.StdEncoding.DecodeString(text)
	}
	return nil, fmt.Errorf("there is no type %q", kind)
}
