package tablestore

import (
	"slices"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"

	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// block collects a page's rows in one of the forms they travel in. Rows are
// encoded as they come: their values do not outlive the transaction.
type block struct {
	plain  []byte
	matrix *plainbuffer.Matrix // nil: plain
}

// newBlock takes the form hinted at where it can carry the rows: a matrix has
// no versions, and names its columns beforehand.
func newBlock(r *otsprotocol.GetRangeRequest, q *query) *block {
	b := &block{plain: []byte{}} // required in the answer: must be there, even if empty
	asked := r.GetDataBlockTypeHint() == otsprotocol.DataBlockType_DBT_SIMPLE_ROW_MATRIX
	if !asked || len(q.selection.Columns) == 0 || q.selection.MaxVersions != 1 {
		return b
	}

	var keys, attributes []string
	for _, k := range q.table.Keys {
		if q.wantsKey(k.Name) {
			keys = append(keys, k.Name)
		}
	}

	for _, name := range q.selection.Columns {
		if !q.table.IsKey(name) && !slices.Contains(attributes, name) {
			attributes = append(attributes, name)
		}
	}

	slices.Sort(attributes) // whatever the order of the request
	b.matrix = plainbuffer.NewMatrix(keys, attributes, !q.namedKeysOnly)
	return b
}

func (b *block) append(row plainbuffer.Row) {
	if b.matrix != nil {
		b.matrix.Append(row)
		return
	}
	if len(b.plain) == 0 {
		b.plain = plainbuffer.AppendHeader(b.plain)
	}
	b.plain = plainbuffer.AppendRow(b.plain, row)
}

func (b *block) wire() ([]byte, *otsprotocol.DataBlockType) {
	if b.matrix != nil {
		return b.matrix.Encode(), otsprotocol.DataBlockType_DBT_SIMPLE_ROW_MATRIX.Enum()
	}
	return b.plain, otsprotocol.DataBlockType_DBT_PLAIN_BUFFER.Enum()
}
