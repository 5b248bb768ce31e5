package tables

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// Query asks for a page of a table or an index.
type Query struct {
	Instance, Table string
	From            string // the beginning of the range: of the first key; "": the first row
	Prefix          bool   // the first key begins with From, or is equal to it if it is no text
	Cursor          string // of the page before; "": the first page
	Backward        bool
	Limit           int
}

// Row is a row, with its values decoded.
type Row struct {
	Key     []Cell `json:"key"`
	Columns []Cell `json:"columns"`
	ID      string `json:"id"` // names the row, to change it
}

// Page is a part of a range.
type Page struct {
	Rows []Row  `json:"rows"`
	Next string `json:"next"` // cursor; "": the range ends here
}

// Page reads a page of a range.
func (b *Browser) Page(q Query) (Page, error) {
	c, err := b.client(q.Instance)
	if err != nil {
		return Page{}, err
	}
	table, err := b.table(q.Instance, q.Table)
	if err != nil {
		return Page{}, err
	}
	request, err := q.request(table)
	if err != nil {
		return Page{}, err
	}

	response, err := c.GetRange(request)
	if err != nil {
		return Page{}, fmt.Errorf("read %s: %w", q.Table, err)
	}
	page := Page{Rows: []Row{}}
	for _, row := range response.Rows {
		if q.Prefix && !beginsWith(row.PrimaryKey, q.From) {
			return page, nil
		}
		page.Rows = append(page.Rows, rowOf(row))
	}
	if response.NextStartPrimaryKey != nil {
		page.Next = cursorOf(response.NextStartPrimaryKey)
	}
	return page, nil
}

func (b *Browser) table(instance, name string) (Table, error) {
	all, err := b.Tables(instance)
	if err != nil {
		return Table{}, err
	}
	at := slices.IndexFunc(all, func(t Table) bool { return t.Name == name })
	if at < 0 {
		return Table{}, fmt.Errorf("table %q: %w", name, ErrUnknown)
	}
	return all[at], nil
}

func (q Query) request(t Table) (*tablestore.GetRangeRequest, error) {
	low, high, direction := &tablestore.PrimaryKey{}, &tablestore.PrimaryKey{}, tablestore.FORWARD
	for _, k := range t.Keys {
		low.AddPrimaryKeyColumnWithMinValue(k.Name)
		high.AddPrimaryKeyColumnWithMaxValue(k.Name)
	}
	if q.From != "" && !q.Backward {
		value, err := parseKey(t.Keys[0], q.From)
		if err != nil {
			return nil, err
		}
		low.PrimaryKeys[0] = &tablestore.PrimaryKeyColumn{ColumnName: t.Keys[0].Name, Value: value}
	}
	if q.Backward {
		low, high, direction = high, low, tablestore.BACKWARD
	}
	if q.Cursor != "" {
		var err error
		if low, err = readCursor(t, q.Cursor); err != nil {
			return nil, err
		}
	}
	return &tablestore.GetRangeRequest{RangeRowQueryCriteria: &tablestore.RangeRowQueryCriteria{
		TableName: q.Table, MaxVersion: 1, Limit: int32(q.Limit), Direction: direction, StartPrimaryKey: low, EndPrimaryKey: high,
	}}, nil
}

func beginsWith(k *tablestore.PrimaryKey, prefix string) bool {
	text, ok := k.PrimaryKeys[0].Value.(string)
	if !ok {
		return fmt.Sprint(k.PrimaryKeys[0].Value) == prefix
	}
	return strings.HasPrefix(text, prefix)
}

func rowOf(row *tablestore.Row) Row {
	shown := Row{ID: cursorOf(row.PrimaryKey), Columns: []Cell{}}
	for _, k := range row.PrimaryKey.PrimaryKeys {
		shown.Key = append(shown.Key, cellOf(k.ColumnName, k.Value))
	}
	for _, c := range row.Columns {
		shown.Columns = append(shown.Columns, cellOf(c.ColumnName, c.Value))
	}
	return shown
}

// cursorOf writes a primary key as a text for addresses.
func cursorOf(k *tablestore.PrimaryKey) string {
	var values []any
	for _, c := range k.PrimaryKeys {
		if b, ok := c.Value.([]byte); ok {
			c.Value = base64.StdEncoding.EncodeToString(b)
		}
		values = append(values, c.Value)
	}
	text, _ := json.Marshal(values) // texts and numbers
	return base64.RawURLEncoding.EncodeToString(text)
}

func readCursor(t Table, cursor string) (*tablestore.PrimaryKey, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, fmt.Errorf("read the cursor: %w", err)
	}
	var values []json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil || len(values) != len(t.Keys) {
		return nil, fmt.Errorf("read the cursor: it is of another table")
	}

	key := &tablestore.PrimaryKey{}
	for i, raw := range values {
		value, err := parseKey(t.Keys[i], strings.Trim(string(raw), `"`))
		if err != nil {
			return nil, err
		}
		if text := ""; json.Unmarshal(raw, &text) == nil && t.Keys[i].Type == "STRING" {
			value = text
		}
		key.AddPrimaryKeyColumn(t.Keys[i].Name, value)
	}
	return key, nil
}
