// Package filter evaluates column conditions: the conditions of writes and the
// filters of reads, which share one wire form.
//
// A condition looks at a row's columns, those of its key among them; one on a missing column holds exactly
// when it says so itself (filter_if_missing false). Values of different types
// never satisfy a comparison. An absent row is a row with every column missing.
package filter

import (
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
	"aegis/shared/local/tablestore/internal/rows"
)

// maxFilters is the most filters, those that combine others counted, that one
// request may have. It bounds how deep they nest, too.
const maxFilters = 32

// Filter is a parsed condition. The zero value holds for every row.
type Filter struct {
	Offset, Limit int // of a pagination filter, in columns; Limit 0: none
	root          node
}

// node is one filter of a condition. Check tells what is wrong with it, after
// all of them have been counted.
type node interface {
	match(key []plainbuffer.Cell, row *rows.Row) bool
	check() error
}

// Match reports whether the condition holds for the row. It may name columns of
// the key, too; an absent row has no key.
func (f *Filter) Match(key []plainbuffer.Cell, row *rows.Row) bool {
	return f.root == nil || f.root.match(key, row)
}

// Empty reports whether there is no condition at all.
func (f *Filter) Empty() bool { return f.root == nil }

// Parse reads a condition's wire form; no bytes mean no condition.
func Parse(wire []byte) (Filter, error) {
	var f Filter
	if len(wire) == 0 {
		return f, nil
	}

	p := &parser{filter: &f}
	var message otsprotocol.Filter
	if err := proto.Unmarshal(wire, &message); err != nil {
		return Filter{}, ots.Invalid("Failed to parse the filter: %v.", err)
	}

	root, err := p.node(&message)
	if err != nil {
		return Filter{}, err
	}
	if root == nil {
		return f, nil
	}

	f.root = root
	return f, root.check()
}

type parser struct {
	filter *Filter
	count  int // of filters met
}

func (p *parser) node(message *otsprotocol.Filter) (node, error) {
	if p.count++; p.count > maxFilters {
		return nil, ots.Invalid("The count of filter exceeds the max: %d.", maxFilters)
	}

	switch message.GetType() {
	case otsprotocol.FilterType_FT_SINGLE_COLUMN_VALUE:
		return p.single(message.Filter)
	case otsprotocol.FilterType_FT_COMPOSITE_COLUMN_VALUE:
		return p.composite(message.Filter)
	case otsprotocol.FilterType_FT_COLUMN_PAGINATION:
		return p.pagination(message.Filter)
	}

	return nil, ots.Invalid("Unknown filter type: %d.", message.GetType())
}

func (p *parser) single(wire []byte) (node, error) {
	var message otsprotocol.SingleColumnValueFilter
	if err := proto.Unmarshal(wire, &message); err != nil {
		return nil, ots.Invalid("Failed to parse the column condition: %v.", err)
	}

	value, err := plainbuffer.DecodeValue(message.ColumnValue)
	if err != nil {
		return nil, ots.Invalid("Failed to parse the value of the column condition: %v.", err)
	}
	if message.ValueTransRule != nil {
		return nil, ots.Invalid("Value transfer rules are not supported.")
	}

	return &comparison{
		column: message.GetColumnName(), operator: message.GetComparator(), value: value,
		failMissing: message.GetFilterIfMissing(), newestOnly: message.GetLatestVersionOnly(),
	}, nil
}

// pagination is no condition: it limits the columns returned, wherever it
// stands.
func (p *parser) pagination(wire []byte) (node, error) {
	var message otsprotocol.ColumnPaginationFilter
	if err := proto.Unmarshal(wire, &message); err != nil {
		return nil, ots.Invalid("Failed to parse the column pagination filter: %v.", err)
	}
	if message.GetLimit() <= 0 || message.GetOffset() < 0 {
		return nil, ots.Invalid("The limit must be greater than 0 and the offset not negative in a column pagination filter.")
	}
	p.filter.Limit, p.filter.Offset = int(message.GetLimit()), int(message.GetOffset())
	return nil, nil
}
