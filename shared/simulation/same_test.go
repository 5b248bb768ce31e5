package simulation

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
)

// A field that is added to an account and forgotten in the comparison would never be
// judged.
func TestAccountsThatDifferInAnyFieldAreNotTheSame(t *testing.T) {
	account := func() sale.Account { return sale.Account{Instance: &sale.Instance{}} }
	require.True(t, same(account(), account()))
	require.False(t, same(account(), sale.Account{}))
	for i := range reflect.TypeFor[sale.Account]().NumField() {
		a := account()
		requireSeen(t, reflect.ValueOf(&a).Elem().Field(i), func() bool { return same(a, account()) })
	}
	for i := range reflect.TypeFor[sale.Instance]().NumField() {
		a := account()
		requireSeen(t, reflect.ValueOf(a.Instance).Elem().Field(i), func() bool { return same(a, account()) })
	}
}

func requireSeen(t *testing.T, field reflect.Value, same func() bool) {
	t.Helper()
	switch field.Interface().(type) {
	case *sale.Instance:
		field.SetZero()
	case time.Time:
		field.Set(reflect.ValueOf(time.Unix(1, 0)))
	case sale.Period:
		field.Set(reflect.ValueOf(sale.Period{Months: 1}))
	case []sale.Segment:
		field.Set(reflect.ValueOf([]sale.Segment{{VmNumber: 1}}))
	case sale.Spent:
		field.Set(reflect.ValueOf(sale.Spent{By: map[string]sale.Fen{"k": 1}}))
		require.False(t, same())
		field.Set(reflect.ValueOf(sale.Spent{Day: 1}))
	case []string:
		field.Set(reflect.ValueOf([]string{"x"}))
	default:
		field.Set(reflect.ValueOf(map[reflect.Kind]any{reflect.String: "x", reflect.Bool: true, reflect.Int: 1, reflect.Int64: 1}[field.Kind()]).Convert(field.Type()))
	}
	require.False(t, same())
}
