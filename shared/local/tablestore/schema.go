package tablestore

import (
	"slices"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/limits"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// maxDefined is the number of columns whose types a table may fix.
const maxDefined = 32

// defaultDeviation is how many seconds explicit versions may lie off the clock
// unless the table says otherwise.
const defaultDeviation = 86400

// newTable is the table a CreateTable asks for, checked but for its name being
// free.
func (c *request) newTable(r *otsprotocol.CreateTableRequest) (*catalog.Table, error) {
	t := &catalog.Table{
		Instance: c.instance,
		Name:     r.TableMeta.GetTableName(),
		Options:  catalog.Options{TimeToLive: -1, MaxVersions: 1, MaxDeviation: defaultDeviation, AllowUpdate: true},
		LocalTxn: c.localTransactions,
		Created:  c.now.UnixMicro(),
	}
	if r.EnableLocalTxn != nil {
		t.LocalTxn = *r.EnableLocalTxn
	}
	if err := limits.TableName(t.Name); err != nil {
		return nil, err
	}
	if err := addKeys(t, r.TableMeta.PrimaryKey); err != nil {
		return nil, err
	}
	if err := addDefined(t, r.TableMeta.DefinedColumn); err != nil {
		return nil, err
	}
	if err := addSplits(t, r.Partitions); err != nil {
		return nil, err
	}
	// The service leaves transactions out of tables with a generated column.
	if slices.ContainsFunc(t.Keys, func(k catalog.KeyColumn) bool { return k.AutoIncrement }) {
		t.LocalTxn = false
	}

	c.reserve(t, r.ReservedThroughput)
	c.setStream(t, r.StreamSpec)
	mergeOptions(&t.Options, r.TableOptions)
	t.Options.UpdateFullRow = r.TableOptions.GetUpdateFullRow()
	if err := catalog.CheckOptions(t.Options); err != nil {
		return nil, err
	}

	return t, checkExtras(r)
}

func checkExtras(r *otsprotocol.CreateTableRequest) error {
	if r.SseSpec.GetEnable() {
		return ots.Errorf(ots.UnsupportedOperation, "This server does not encrypt tables.")
	}
	return nil
}

func addKeys(t *catalog.Table, schema []*otsprotocol.PrimaryKeySchema) error {
	if len(schema) < 1 || len(schema) > 4 {
		return ots.Invalid("The number of primary key columns must be in range: [1, 4].")
	}

	automatic := 0
	for i, s := range schema {
		k := catalog.KeyColumn{Name: s.GetName(), AutoIncrement: s.Option != nil}
		switch s.GetType() {
		case otsprotocol.PrimaryKeyType_INTEGER:
			k.Kind = plainbuffer.Integer
		case otsprotocol.PrimaryKeyType_STRING:
			k.Kind = plainbuffer.String
		case otsprotocol.PrimaryKeyType_BINARY:
			k.Kind = plainbuffer.Blob
		}
		if k.AutoIncrement {
			automatic++
			if i == 0 || k.Kind != plainbuffer.Integer || automatic > 1 {
				return ots.Invalid("AUTO_INCREMENT takes one INTEGER column other than the first: '%s'.", k.Name)
			}
		}
		if err := limits.ColumnName(k.Name); err != nil {
			return err
		}
		if t.IsKey(k.Name) {
			return ots.Invalid("Duplicated primary key name: '%s'.", k.Name)
		}
		t.Keys = append(t.Keys, k)
	}

	return nil
}

func addDefined(t *catalog.Table, schema []*otsprotocol.DefinedColumnSchema) error {
	for _, s := range schema {
		if err := checkFresh(t, s.GetName()); err != nil {
			return err
		}
		if len(t.Defined) == maxDefined {
			return ots.Invalid("The number of defined columns must be in range: [0, %d].", maxDefined)
		}
		t.Defined = append(t.Defined, catalog.DefinedColumn{Name: s.GetName(), Kind: definedKind(s.GetType())})
	}
	return nil
}

// checkFresh checks a column's name and that the table does not have it yet.
func checkFresh(t *catalog.Table, name string) error {
	if err := limits.ColumnName(name); err != nil {
		return err
	}
	if _, found := t.KindOf(name); found {
		return ots.Invalid("Duplicated column name: '%s'.", name)
	}
	return nil
}

func definedKind(t otsprotocol.DefinedColumnType) plainbuffer.Kind {
	switch t {
	case otsprotocol.DefinedColumnType_DCT_DOUBLE:
		return plainbuffer.Double
	case otsprotocol.DefinedColumnType_DCT_BOOLEAN:
		return plainbuffer.Boolean
	case otsprotocol.DefinedColumnType_DCT_STRING:
		return plainbuffer.String
	case otsprotocol.DefinedColumnType_DCT_BLOB:
		return plainbuffer.Blob
	}
	return plainbuffer.Integer
}
