package tables

import (
	"fmt"
	"strings"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// Delete deletes a row that exists. An index cannot be changed.
func (b *Browser) Delete(instance, name, id string) error {
	c, key, err := b.row(instance, name, id)
	if err != nil {
		return err
	}
	change := &tablestore.DeleteRowChange{TableName: name, PrimaryKey: key}
	change.SetCondition(tablestore.RowExistenceExpectation_EXPECT_EXIST)
	if _, err := c.DeleteRow(&tablestore.DeleteRowRequest{DeleteRowChange: change}); err != nil {
		return fmt.Errorf("delete a row of %s: %w", name, err)
	}
	return nil
}

// Put sets one column of a row that exists.
func (b *Browser) Put(instance, name, id string, cell Cell) error {
	if isSecret(cell.Name) || strings.Contains(cell.Value, mask) {
		return fmt.Errorf("column %s holds a secret: it is not written here", cell.Name)
	}
	c, key, err := b.row(instance, name, id)
	if err != nil {
		return err
	}
	value, err := parseValue(cell.Type, cell.Value)
	if err != nil {
		return fmt.Errorf("column %s: %w", cell.Name, err)
	}

	change := &tablestore.UpdateRowChange{TableName: name, PrimaryKey: key}
	change.PutColumn(cell.Name, value)
	change.SetCondition(tablestore.RowExistenceExpectation_EXPECT_EXIST)
	if _, err := c.UpdateRow(&tablestore.UpdateRowRequest{UpdateRowChange: change}); err != nil {
		return fmt.Errorf("write a row of %s: %w", name, err)
	}
	return nil
}

func (b *Browser) row(instance, name, id string) (*tablestore.TableStoreClient, *tablestore.PrimaryKey, error) {
	c, err := b.client(instance)
	if err != nil {
		return nil, nil, err
	}
	table, err := b.table(instance, name)
	if err != nil {
		return nil, nil, err
	}
	if table.Of != "" {
		return nil, nil, fmt.Errorf("%s is an index: change its table, %s", name, table.Of)
	}
	key, err := readCursor(table, id)
	return c, key, err
}
