package plainbuffer

import "fmt"

func (r *reader) row() Row {
	var row Row
	crc := byte(0)
	if r.accept(tagRowKey) {
		row.Key, crc = r.cells(crc)
	}
	if r.accept(tagRowData) {
		row.Cells, crc = r.cells(crc)
	}

	row.Delete = r.accept(tagDeleteMarker)
	r.expect(tagRowChecksum)
	r.verify("row", r.byte(), deleteMark(crc, row.Delete))
	return row
}

func (r *reader) verify(what string, got, want byte) {
	if r.err == nil && got != want {
		r.fail(fmt.Errorf("plain buffer's %s checksum at byte %d is 0x%x, computed 0x%x", what, r.pos-1, got, want))
	}
}

func (r *reader) cells(crc byte) ([]Cell, byte) {
	var cells []Cell
	for r.accept(tagCell) {
		cell, sum := r.cell()
		if cells == nil {
			cells = make([]Cell, 0, fewCells)
		}
		cells = append(cells, cell)
		crc = crc8(crc, sum)
	}

	return cells, crc
}

// fewCells are what most keys have, and many changes.
const fewCells = 2

// cell is the next cell and its checksum, which its row's is made of.
func (r *reader) cell() (c Cell, sum byte) {
	if r.accept(tagCellName) {
		c.Name = string(r.take(int(r.long32())))
	}
	if r.accept(tagCellValue) {
		c.HasValue = true
		c.Value = r.sizedValue()
	}
	if r.accept(tagCellOp) {
		c.Op = r.op()
	}
	if r.accept(tagCellTime) {
		c.HasTime = true
		c.Time = int64(r.long64())
	}

	r.expect(tagCellChecksum)
	sum = c.checksum()
	r.verify("cell", r.byte(), sum)
	return c, sum
}

func (r *reader) op() Op {
	op := Op(r.byte())
	switch op {
	case DeleteAll, DeleteOne, Increment:
		return op
	}
	r.fail(fmt.Errorf("plain buffer has unknown cell operation %d", op))
	return Put
}

func (r *reader) sizedValue() Value {
	size := int(r.long32())
	start := r.pos
	v := r.value()
	if r.err == nil && r.pos-start != size {
		r.fail(fmt.Errorf("plain buffer's value takes %d bytes, announced as %d", r.pos-start, size))
	}
	return v
}

func (r *reader) value() Value {
	kind := Kind(r.byte())
	switch kind {
	case Integer, Double:
		return Value{Kind: kind, bits: r.long64()}
	case Boolean:
		return Bool(r.byte() != 0)
	case String, Blob:
		return Value{Kind: kind, Bytes: r.take(int(r.long32()))}
	case Null, InfMin, InfMax, AutoIncrement:
		return Value{Kind: kind}
	}

	r.fail(fmt.Errorf("plain buffer has unknown value type %d", kind))
	return Value{}
}
