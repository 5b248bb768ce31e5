package tablestore

import (
	"bytes"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
	"aegis/shared/local/tablestore/internal/rows"
)

// A GetRange looks at no more than this many rows and bytes, whether it returns
// them or not; what is left is for the next page.
const (
	maxPageRows  = 5000
	maxPageBytes = 4 << 20
)

func (c *request) getRange(r *otsprotocol.GetRangeRequest) (proto.Message, error) {
	_, answer, err := c.readPage(r)
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// readPage reads a page, and returns it with what answers a GetRange.
func (c *request) readPage(r *otsprotocol.GetRangeRequest) (*page, *otsprotocol.GetRangeResponse, error) {
	page, err := c.newPage(r)
	if err != nil {
		return nil, nil, err
	}
	if err := c.view(r.TransactionId, page.table, page.bounds, page.fill); err != nil {
		return nil, nil, err
	}

	answer, err := page.wire()
	return page, answer, err
}

// page is a stretch of a range: the rows found so far, and where to go on.
type page struct {
	*query
	call       *request
	bounds     [][]plainbuffer.Cell // start and end
	start, end []byte               // the same as stored
	backward   bool
	limit      int

	rows    *block
	count   int    // of rows
	consume int    // bytes that they, and rows the filter left out, count for in capacity units
	scanned int    // rows looked at
	size    int    // bytes looked at
	next    []byte // where the next page starts; nil: nowhere
}

func (c *request) newPage(r *otsprotocol.GetRangeRequest) (*page, error) {
	start, err := c.decodeKey(r.GetTableName(), r.InclusiveStartPrimaryKey)
	if err != nil {
		return nil, err
	}

	end, err := c.decodeKey(r.GetTableName(), r.ExclusiveEndPrimaryKey)
	if err != nil {
		return nil, err
	}

	table, err := c.findTable(r.GetTableName())
	if err != nil {
		return nil, err
	}

	q, err := c.newQuery(table, r, "No version condition is specified.")
	if err != nil {
		return nil, err
	}

	p := &page{query: q, call: c, bounds: [][]plainbuffer.Cell{start, end}, backward: r.GetDirection() == otsprotocol.Direction_BACKWARD, limit: maxPageRows}
	if r.Limit != nil {
		if *r.Limit <= 0 {
			return nil, ots.Invalid("The limit must be greater than 0.")
		}
		p.limit = int(*r.Limit)
	}

	q.namedKeysOnly = !r.GetReturnEntirePrimaryKeys()
	p.rows = newBlock(r, q)
	return p, p.bound(start, end)
}

// bound sets where the walk begins and ends.
func (p *page) bound(start, end []plainbuffer.Cell) (err error) {
	if err := p.table.Bound(start); err != nil {
		return err
	}
	if err := p.table.Bound(end); err != nil {
		return err
	}
	if p.start, err = catalog.EncodeKey(start); err != nil {
		return err
	}
	if p.end, err = catalog.EncodeKey(end); err != nil {
		return err
	}

	switch order := bytes.Compare(p.start, p.end); {
	case !p.backward && order >= 0:
		return ots.Invalid("Begin key must less than end key in FORWARD")
	case p.backward && order <= 0:
		return ots.Invalid("Begin key must more than end key in BACKWARD")
	}

	return nil
}

// fill walks the range until the page is full, and one row further to know
// whether there is another.
func (p *page) fill(tx *engine.Tx) error {
	for key, stored := range tx.Range(p.table.ID, p.start, p.end, p.backward) {
		row, err := decodeAlive(p.table, key, stored, p.call.now)
		if err != nil {
			return err
		}
		if row == nil {
			continue
		}
		if p.full(len(key) + len(stored)) {
			p.next = bytes.Clone(key)
			return nil
		}
		if err := p.add(key, row); err != nil {
			return err
		}
	}
	return nil
}

// full reports whether the page has no room for another row of that size.
func (p *page) full(size int) bool {
	p.scanned++
	p.size += size
	return p.count == p.limit || p.scanned > maxPageRows || p.size > maxPageBytes && p.scanned > 1
}

// add appends a row, encoded while the transaction holds its bytes in place.
func (p *page) add(place []byte, row *rows.Row) error {
	key, err := p.table.DecodeKey(place)
	if err != nil {
		return err
	}

	shown, ok := p.read(key, row)
	if !ok {
		p.consume += sizeOf(key, false) + sizeOf(p.selection.Cells(row), false)
		return nil
	}

	p.rows.append(shown)
	p.count++
	p.consume += sizeOf(key, false) + sizeOf(shown.Cells, false)
	return nil
}

func (p *page) wire() (*otsprotocol.GetRangeResponse, error) {
	used := capacity{read: units(p.consume)}
	p.call.tally.add(p.count, used)
	answer := &otsprotocol.GetRangeResponse{Consumed: used.wire()}
	answer.Rows, answer.DataBlockType = p.rows.wire()
	if p.next != nil {
		key, err := p.table.DecodeKey(p.next)
		if err != nil {
			return nil, err
		}
		answer.NextStartPrimaryKey = plainbuffer.Encode(plainbuffer.Row{Key: key})
	}

	return answer, nil
}
