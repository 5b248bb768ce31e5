package pop_test

import (
	"errors"
	"strings"
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseQuery(t *testing.T) {
	t.Run("every encoding of one value is the same value", func(t *testing.T) {
		for _, raw := range []string{"k=a+b*~'()!", "k=a%20b%2A%7E%27%28%29%21", "k=a%20b*%7e%27()%21", "%6b=a+b%2a~'()!"} {
			p, err := pop.ParseQuery(raw)
			require.NoError(t, err)
			require.Equal(t, pop.Params{{Name: "k", Value: "a b*~'()!"}}, p)
		}
	})
	t.Run("names without a value, and gaps", func(t *testing.T) {
		p, err := pop.ParseQuery("&b&a=&c==&&d=1&")
		require.NoError(t, err)
		require.Equal(t, pop.Params{{Name: "b"}, {Name: "a"}, {Name: "c", Value: "="}, {Name: "d", Value: "1"}}, p)
	})
	t.Run("nothing is nothing", func(t *testing.T) {
		p, err := pop.ParseQuery("")
		require.NoError(t, err)
		require.Empty(t, p)
	})
	t.Run("Get is exact", func(t *testing.T) {
		p, err := pop.ParseQuery("action=a&Action=b")
		require.NoError(t, err)
		value, ok := p.Get("Action")
		require.True(t, ok)
		require.Equal(t, "b", value)
		_, ok = p.Get("ACTION")
		require.False(t, ok)
	})
}

func TestBrokenQueries(t *testing.T) {
	many := strings.Repeat("a=1&b=2&", 33)
	for _, test := range []struct{ outcome, raw, message string }{
		{"a broken escape in a value is refused by name", "Format=JSON&a=%zz", `"a" is not valid. Its percent-encoding is broken.`},
		{"an escape cut short is refused by name", "Format=JSON&a=%4", `"a" is not valid. Its percent-encoding is broken.`},
		{"a broken escape in a name is refused by what was sent", "Format=JSON&a%=1", `"a%" is not valid. Its percent-encoding is broken.`},
		{"text that is not UTF-8 is refused by name", "Format=JSON&a=%ff", `"a" is not valid. It is not UTF-8.`},
		{"a name that is not UTF-8 is refused readably", "Format=JSON&a%ff=1", "\"a\uFFFD\" is not valid. It is not UTF-8."},
		{"a NUL byte in a value is refused by name", "Format=JSON&a=%00", `"a" is not valid. It contains a NUL byte.`},
		{"a NUL byte in a name is refused readably", "Format=JSON&a%00=1", "\"a\uFFFD\" is not valid. It contains a NUL byte."},
		{"a doubled parameter is refused by name", "Format=JSON&a=1&b=2&%61=1", `"a" is not valid. It is given more than once.`},
		{"a parameter without a name is refused", "Format=JSON&=1", `"" is not valid. A parameter has no name.`},
		{"too many parameters are refused", "Format=JSON&" + many, `is not valid. A request may hold at most 64 parameters.`},
		{"a long name is refused", "Format=JSON&" + strings.Repeat("n", 129) + "=1", `A name must not exceed 128 bytes.`},
		{"a long value is refused by name", "Format=JSON&a=" + strings.Repeat("v", 16385), `"a" is not valid. A value must not exceed 16384 bytes.`},
	} {
		t.Run(test.outcome, func(t *testing.T) {
			p, err := pop.ParseQuery(test.raw)
			require.Equal(t, "InvalidParameter", code(t, err))
			require.ErrorContains(t, err, test.message)
			format, _ := p.Get("Format")
			require.Equal(t, "JSON", format, "what came before the broken parameter is there")
		})
	}
	t.Run("a long query is refused before any work", func(t *testing.T) {
		p, err := pop.ParseQuery("Format=JSON&a=" + strings.Repeat("v", pop.MaxBody))
		require.ErrorContains(t, err, `"Query" is not valid. It must not exceed 65536 bytes.`)
		require.Empty(t, p)
	})
	t.Run("the limits themselves are allowed", func(t *testing.T) {
		_, err := pop.ParseQuery(strings.Repeat("n", 128) + "=" + strings.Repeat("v", 16384))
		require.NoError(t, err)
		_, err = pop.ParseQuery(distinct(64).Encode())
		require.NoError(t, err)
	})
}

func TestEncodedParamsParseBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyParams().Draw(t, "params")
		parsed, err := pop.ParseQuery(p.Encode())
		require.NoError(t, err)
		require.ElementsMatch(t, p, parsed)
	})
}

// anyParams draws parameters that keep every rule.
func anyParams() *rapid.Generator[pop.Params] {
	name := rapid.OneOf(rapid.StringMatching(`[A-Za-z][A-Za-z0-9.]{0,20}`), rapid.StringN(1, 20, 120))
	value := rapid.OneOf(rapid.String(), rapid.StringMatching("[ +*~'()!&=%@;,/?#安]{0,20}"))
	param := rapid.Custom(func(t *rapid.T) pop.Param {
		return pop.Param{Name: withoutNUL(name.Draw(t, "name")), Value: withoutNUL(value.Draw(t, "value"))}
	})
	return rapid.Map(rapid.SliceOfNDistinct(param, 0, 40, func(p pop.Param) string { return p.Name }),
		func(p []pop.Param) pop.Params { return p })
}

func withoutNUL(s string) string { return strings.ReplaceAll(s, "\x00", "0") }

func distinct(n int) (p pop.Params) {
	for i := range n {
		p = append(p, pop.Param{Name: "n" + strings.Repeat("x", i), Value: "v"})
	}
	return p
}

// code returns the Code of a refusal.
func code(t require.TestingT, err error) string {
	var refusal *pop.Error
	require.True(t, errors.As(err, &refusal), "%v", err)
	return refusal.Code
}
