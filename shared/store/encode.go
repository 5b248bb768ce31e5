package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// kind returns a sort key up to its first slash: "token" for "token/x".
func kind(sort string) string {
	kind, _, _ := strings.Cut(sort, "/")
	return kind
}

func primaryKey(k Key) *tablestore.PrimaryKey {
	pk := &tablestore.PrimaryKey{}
	pk.AddPrimaryKeyColumn(k.Table.Partition, k.Partition)
	if k.Table.Sort != "" {
		pk.AddPrimaryKeyColumn(k.Table.Sort, k.Sort)
	}
	return pk
}

// readRequest groups keys by table, as the protocol does. places maps each table to the
// positions of its keys.
func readRequest(keys []Key) (*tablestore.BatchGetRowRequest, map[string][]int) {
	request := &tablestore.BatchGetRowRequest{}
	places := make(map[string][]int, 1)

	criteria := make(map[string]*tablestore.MultiRowQueryCriteria, 1)
	for i, k := range keys {
		c, ok := criteria[k.Table.Name]
		if !ok {
			c = &tablestore.MultiRowQueryCriteria{TableName: k.Table.Name, MaxVersion: 1}
			criteria[k.Table.Name] = c
			request.MultiRowQueryCriteria = append(request.MultiRowQueryCriteria, c)
		}
		c.AddRow(primaryKey(k))
		places[k.Table.Name] = append(places[k.Table.Name], i)
	}

	return request, places
}

func collect(response *tablestore.BatchGetRowResponse, keys []Key, places map[string][]int, rows []Row) error {
	for i, k := range keys {
		rows[i].Key = k
	}

	for table, results := range response.TableToRowsResult {
		for n, result := range results {
			if !result.IsSucceed {
				return &tablestore.OtsError{Code: result.Error.Code, Message: result.Error.Message, RequestId: response.RequestId}
			}
			if len(result.PrimaryKey.PrimaryKeys) > 0 {
				rows[places[table][n]].Columns = columns(result.Columns)
			}
		}
	}

	return nil
}

func columns(attributes []*tablestore.AttributeColumn) Columns {
	c := make(Columns, len(attributes))
	for i, a := range attributes {
		c[i] = columnOf(a.ColumnName, a.Value)
	}
	return c
}

func commitRequest(changes []Change) *tablestore.BatchWriteRowRequest {
	request := &tablestore.BatchWriteRowRequest{IsAtomic: true}
	for _, c := range changes {
		request.AddRowChange(rowChange(c))
	}
	return request
}

func rowChange(c Change) tablestore.RowChange {
	switch c.Kind {
	case Inserted:
		return insert(c)
	case Updated:
		return update(c)
	default:
		row := &tablestore.DeleteRowChange{TableName: c.Key.Table.Name, PrimaryKey: primaryKey(c.Key)}
		row.SetCondition(tablestore.RowExistenceExpectation_EXPECT_EXIST)
		return row
	}
}

func insert(c Change) *tablestore.PutRowChange {
	row := &tablestore.PutRowChange{TableName: c.Key.Table.Name, PrimaryKey: primaryKey(c.Key)}
	row.SetCondition(tablestore.RowExistenceExpectation_EXPECT_NOT_EXIST)
	for _, column := range c.Columns {
		if !column.IsNone() {
			row.AddColumn(column.Name, column.Value())
		}
	}
	return row
}

func update(c Change) *tablestore.UpdateRowChange {
	row := &tablestore.UpdateRowChange{TableName: c.Key.Table.Name, PrimaryKey: primaryKey(c.Key)}
	row.SetCondition(tablestore.RowExistenceExpectation_EXPECT_EXIST)
	condition := tablestore.NewSingleColumnCondition(c.Column, tablestore.CT_EQUAL, c.Equals)
	condition.FilterIfMissing = true
	condition.LatestVersionOnly = true
	row.SetColumnCondition(condition)

	for _, column := range c.Columns {
		if column.IsNone() {
			row.DeleteColumn(column.Name)
		} else {
			row.PutColumn(column.Name, column.Value())
		}
	}

	return row
}

// errMixed means that an atomic batch was applied in part. The service promises that
// this does not happen, so nothing read from such a partition can be relied on.
var errMixed = errors.New("ALARM: an atomic batch was applied in part")

// failure returns the batch's error if a row has one. All rows of an atomic batch fail
// together, and a failed condition takes precedence because the caller must know it. If
// some rows succeeded, the outcome is unknown.
func failure(response *tablestore.BatchWriteRowResponse) error {
	var failed *tablestore.OtsError

	succeeded := false
	for _, results := range response.TableToRowsResult {
		for _, r := range results {
			if r.IsSucceed {
				succeeded = true
				continue
			}
			if failed != nil && r.Error.Code != "OTSConditionCheckFail" {
				continue
			}
			failed = &tablestore.OtsError{Code: r.Error.Code, Message: r.Error.Message, RequestId: response.RequestId}
		}
	}

	if failed == nil {
		return nil
	}
	if succeeded {
		return fmt.Errorf("%w: %s: %s", errMixed, failed.Code, failed.Message)
	}
	return failed
}

// rangeRequest covers the sort keys from just above the prefix to prefix + U+10FFFF,
// which is above every text that starts with the prefix. A range's start is inclusive
// and its end exclusive, so the prefix itself is excluded in both directions.
func rangeRequest(r Range) *tablestore.GetRangeRequest {
	low, high := r.Prefix+"\x00", r.Prefix+"\U0010FFFF"
	c := &tablestore.RangeRowQueryCriteria{TableName: r.Table.Name, MaxVersion: 1, Limit: int32(r.Limit), Direction: tablestore.FORWARD}
	if r.Backward {
		c.Direction = tablestore.BACKWARD
		low = high
		high = r.Prefix
	}
	if r.Start != "" {
		low = r.Start
	}

	c.StartPrimaryKey = primaryKey(Key{r.Table, r.Partition, low})
	c.EndPrimaryKey = primaryKey(Key{r.Table, r.Partition, high})
	return &tablestore.GetRangeRequest{RangeRowQueryCriteria: c}
}

func page(r Range, response *tablestore.GetRangeResponse) (rows []Row, next string) {
	for _, row := range response.Rows {
		key := Key{r.Table, r.Partition, row.PrimaryKey.PrimaryKeys[1].Value.(string)}
		rows = append(rows, Row{Key: key, Columns: columns(row.Columns)})
	}
	if response.NextStartPrimaryKey != nil {
		next = response.NextStartPrimaryKey.PrimaryKeys[1].Value.(string)
	}
	return rows, next
}
