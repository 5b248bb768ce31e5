package catalog

import (
	"aegis/shared/local/tablestore/internal/keyorder"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

const (
	maxKeyColumns = 4
	maxKeyLength  = 1024 // bytes of one key column's string or blob
)

// CheckKeyShape refuses what no table could take: it needs no table and is
// checked before one is looked up. An index's key may be longer than a table's.
func CheckKeyShape(key []plainbuffer.Cell, ofIndex bool) error {
	if len(key) < 1 || len(key) > maxKeyColumns && !ofIndex {
		return ots.Invalid("The number of primary key columns must be in range: [1, %d].", maxKeyColumns)
	}

	for i := range key {
		v := key[i].Value
		if n := len(v.Bytes); n > maxKeyLength {
			return ots.Invalid("The length of primary key column: '%s' exceeds the MaxLength:%d with CurrentLength:%d.", key[i].Name, maxKeyLength, n)
		}
	}

	return nil
}

// CheckConcrete refuses the infinities, which are the key of no row.
func CheckConcrete(key []plainbuffer.Cell) error {
	for i := range key {
		if kind := key[i].Value.Kind; kind == plainbuffer.InfMin || kind == plainbuffer.InfMax {
			return ots.Invalid("%v is an invalid type for the primary key.", kind)
		}
	}
	return nil
}

// RowKey checks that the cells are a concrete key of the table.
func (t *Table) RowKey(key []plainbuffer.Cell) error {
	return t.matchKey(key, func(plainbuffer.Kind) bool { return false })
}

// NewRowKey is RowKey for a row to be written: where the server assigns a
// column, the cell asks for that. It returns that column's position, or -1.
func (t *Table) NewRowKey(key []plainbuffer.Cell) (assigned int, err error) {
	assigned = -1
	for i := range key {
		if key[i].Value.Kind != plainbuffer.AutoIncrement {
			continue
		}
		if i >= len(t.Keys) || !t.Keys[i].AutoIncrement {
			return -1, ots.Errorf(ots.InvalidPK, "Validate PK type fail. Input: %v, Meta: %v.", plainbuffer.AutoIncrement, t.kindAt(i))
		}
		assigned = i
	}

	if assigned < 0 {
		return -1, t.RowKey(key)
	}
	concrete := append([]plainbuffer.Cell(nil), key...)
	concrete[assigned].Value = plainbuffer.Int(0)
	return assigned, t.RowKey(concrete)
}

func (t *Table) kindAt(i int) plainbuffer.Kind {
	if i < len(t.Keys) {
		return t.Keys[i].Kind
	}
	return plainbuffer.Null
}

// Bound checks that the cells bound a range: INF_MIN and INF_MAX may stand for
// any column.
func (t *Table) Bound(key []plainbuffer.Cell) error {
	return t.matchKey(key, func(k plainbuffer.Kind) bool {
		return k == plainbuffer.InfMin || k == plainbuffer.InfMax
	})
}

func (t *Table) matchKey(key []plainbuffer.Cell, wildcard func(plainbuffer.Kind) bool) error {
	if len(key) != len(t.Keys) {
		return ots.Errorf(ots.InvalidPK, "Validate PK size fail. Input: %d, Meta: %d.", len(key), len(t.Keys))
	}

	for i, want := range t.Keys {
		if key[i].Name != want.Name {
			return ots.Errorf(ots.InvalidPK, "Validate PK name fail. Input: %s, Meta: %s.", key[i].Name, want.Name)
		}
		if kind := key[i].Value.Kind; kind != want.Kind && !wildcard(kind) {
			return ots.Errorf(ots.InvalidPK, "Validate PK type fail. Input: %v, Meta: %v.", kind, want.Kind)
		}
	}

	return nil
}

// EncodeKey is the key as it sorts in the store.
func EncodeKey(key []plainbuffer.Cell) ([]byte, error) {
	size := 0
	for i := range key {
		size += 9 + len(key[i].Value.Bytes)
	}

	encoded := make([]byte, 0, size)
	var err error
	for i := range key {
		if encoded, err = keyorder.Append(encoded, key[i].Value); err != nil {
			return nil, ots.Invalid("%v is an invalid type for the primary key.", key[i].Value.Kind)
		}
	}

	return encoded, nil
}

// DecodeKey is the key an encoded one stands for, with the columns' names.
func (t *Table) DecodeKey(encoded []byte) ([]plainbuffer.Cell, error) {
	values, err := keyorder.Decode(encoded)
	if err != nil || len(values) != len(t.Keys) {
		return nil, ots.Errorf(ots.InternalServerError, "Internal server error. Table %s holds a corrupt key.", t.Name)
	}
	key := make([]plainbuffer.Cell, len(values))
	for i, v := range values {
		key[i] = plainbuffer.Cell{Name: t.Keys[i].Name, Value: v, HasValue: true}
	}
	return key, nil
}
