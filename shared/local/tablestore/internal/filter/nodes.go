package filter

import (
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/limits"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
	"aegis/shared/local/tablestore/internal/rows"
)

func (p *parser) composite(wire []byte) (node, error) {
	var message otsprotocol.CompositeColumnValueFilter
	if err := proto.Unmarshal(wire, &message); err != nil {
		return nil, ots.Invalid("Failed to parse the composite condition: %v.", err)
	}

	c := &combination{operator: message.GetCombinator(), sent: len(message.SubFilters)}
	for _, sub := range message.SubFilters {
		child, err := p.node(sub)
		if err != nil {
			return nil, err
		}
		if child != nil {
			c.children = append(c.children, child)
		}
	}

	return c, nil
}

// combination joins conditions by AND, OR or NOT.
type combination struct {
	operator otsprotocol.LogicalOperator
	children []node
	sent     int // filters it came with, pagination filters among them
}

func (c *combination) check() error {
	switch {
	case c.operator == otsprotocol.LogicalOperator_LO_NOT && len(c.children) != 1:
		return ots.Invalid("Invalid NOT operator: the number of sub-filters must be 1.")
	case c.operator != otsprotocol.LogicalOperator_LO_NOT && c.sent < 2:
		return ots.Invalid("Invalid AND/OR operator: the number of sub-filters must be more than 1.")
	}

	for _, child := range c.children {
		if err := child.check(); err != nil {
			return err
		}
	}

	return nil
}

func (c *combination) match(key []plainbuffer.Cell, row *rows.Row) bool {
	switch c.operator {
	case otsprotocol.LogicalOperator_LO_NOT:
		return !c.children[0].match(key, row)
	case otsprotocol.LogicalOperator_LO_AND:
		for _, child := range c.children {
			if !child.match(key, row) {
				return false
			}
		}
		return true
	}

	for _, child := range c.children {
		if child.match(key, row) {
			return true
		}
	}

	return false
}

// comparison compares one column with a constant.
type comparison struct {
	column      string
	operator    otsprotocol.ComparatorType
	value       plainbuffer.Value
	failMissing bool
	newestOnly  bool
}

func (c *comparison) check() error {
	if err := limits.ColumnName(c.column); err != nil {
		return err
	}
	return limits.ColumnLength(c.column, c.value)
}

func (c *comparison) match(key []plainbuffer.Cell, row *rows.Row) bool {
	for i := range key {
		if key[i].Name == c.column {
			return c.holds(key[i].Value)
		}
	}

	column := row.Column(c.column)
	if column == nil {
		return !c.failMissing
	}

	versions := column.Versions
	if c.newestOnly {
		versions = versions[:1]
	}

	for _, v := range versions {
		if c.holds(v.Value) {
			return true
		}
	}

	return false
}

func (c *comparison) holds(v plainbuffer.Value) bool {
	order, comparable := plainbuffer.Compare(v, c.value)
	if !comparable {
		return false
	}

	switch c.operator {
	case otsprotocol.ComparatorType_CT_EQUAL:
		return order == 0
	case otsprotocol.ComparatorType_CT_NOT_EQUAL:
		return order != 0
	case otsprotocol.ComparatorType_CT_GREATER_THAN:
		return order > 0
	case otsprotocol.ComparatorType_CT_GREATER_EQUAL:
		return order >= 0
	case otsprotocol.ComparatorType_CT_LESS_THAN:
		return order < 0
	case otsprotocol.ComparatorType_CT_LESS_EQUAL:
		return order <= 0
	}

	return false
}
