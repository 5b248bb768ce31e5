package tables

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// Credentials open an instance.
type Credentials struct{ AccessKeyID, AccessKeySecret string }

// Browser shows the instances of one endpoint.
type Browser struct {
	clients map[string]*tablestore.TableStoreClient
}

// New makes a Browser of the instances at an endpoint, by their names.
func New(endpoint string, instances map[string]Credentials) *Browser {
	b := &Browser{clients: map[string]*tablestore.TableStoreClient{}}
	for name, c := range instances {
		b.clients[name] = tablestore.NewClient(endpoint, name, c.AccessKeyID, c.AccessKeySecret)
	}
	return b
}

// ErrUnknown: there is no such instance, table or row.
var ErrUnknown = errors.New("there is no such instance, table or row")

// Instances lists the instances by name.
func (b *Browser) Instances() []string { return slices.Sorted(maps.Keys(b.clients)) }

func (b *Browser) client(instance string) (*tablestore.TableStoreClient, error) {
	c, ok := b.clients[instance]
	if !ok {
		return nil, fmt.Errorf("instance %q: %w", instance, ErrUnknown)
	}
	return c, nil
}

// Table describes a table or a global index, which is read as a table.
type Table struct {
	Name    string  `json:"name"`
	Of      string  `json:"of"` // the table of an index; "": it is a table
	Keys    []Field `json:"keys"`
	Columns []Field `json:"columns"` // that the schema names
	TTL     int     `json:"ttl"`     // seconds; -1: rows stay
}

// Field is a column that the schema names.
type Field struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Tables lists the tables of an instance, each followed by its indexes.
func (b *Browser) Tables(instance string) ([]Table, error) {
	c, err := b.client(instance)
	if err != nil {
		return nil, err
	}
	list, err := c.ListTable()
	if err != nil {
		return nil, fmt.Errorf("list the tables of %s: %w", instance, err)
	}

	all := []Table{}
	for _, name := range list.TableNames {
		some, err := describe(c, name)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func describe(c *tablestore.TableStoreClient, name string) ([]Table, error) {
	d, err := c.DescribeTable(&tablestore.DescribeTableRequest{TableName: name})
	if err != nil {
		return nil, fmt.Errorf("describe table %s: %w", name, err)
	}

	table := Table{Name: name, TTL: d.TableOption.TimeToAlive}
	for _, k := range d.TableMeta.SchemaEntry {
		table.Keys = append(table.Keys, Field{*k.Name, keyType(k)})
	}
	for _, f := range d.TableMeta.DefinedColumns {
		table.Columns = append(table.Columns, Field{f.Name, columnType(f.ColumnType)})
	}
	all := []Table{table}
	for _, index := range d.IndexMetas {
		all = append(all, indexOf(table, index))
	}
	return all, nil
}

func indexOf(of Table, meta *tablestore.IndexMeta) Table {
	index := Table{Name: meta.IndexName, Of: of.Name, TTL: of.TTL}
	for _, name := range meta.Primarykey {
		index.Keys = append(index.Keys, of.field(name))
	}
	for _, k := range of.Keys { // an index ends with the keys of its table
		if !slices.Contains(meta.Primarykey, k.Name) {
			index.Keys = append(index.Keys, k)
		}
	}
	for _, name := range meta.DefinedColumns {
		index.Columns = append(index.Columns, of.field(name))
	}
	return index
}

// field finds a column among the keys and the columns of a table.
func (t Table) field(name string) Field {
	for _, f := range append(slices.Clone(t.Keys), t.Columns...) {
		if f.Name == name {
			return f
		}
	}
	return Field{Name: name}
}

func keyType(k *tablestore.PrimaryKeySchema) string {
	switch {
	case k.Option != nil && *k.Option == tablestore.AUTO_INCREMENT:
		return "INTEGER, AUTO_INCREMENT"
	case *k.Type == tablestore.PrimaryKeyType_INTEGER:
		return "INTEGER"
	case *k.Type == tablestore.PrimaryKeyType_BINARY:
		return "BINARY"
	}
	return "STRING"
}

func columnType(t tablestore.DefinedColumnType) string {
	switch t {
	case tablestore.DefinedColumn_INTEGER:
		return "INTEGER"
	case tablestore.DefinedColumn_DOUBLE:
		return "DOUBLE"
	case tablestore.DefinedColumn_BOOLEAN:
		return "BOOLEAN"
	case tablestore.DefinedColumn_BINARY:
		return "BINARY"
	}
	return "STRING"
}
