package tablestore

import (
	"fmt"
	"math"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// The bytes a split size counts in unless it says otherwise, and at least.
const (
	splitUnit    = 100 << 20
	minSplitUnit = 1 << 20
)

// computeSplitPoints cuts a table into stretches of about a size, at rows.
func (c *request) computeSplitPoints(r *otsprotocol.ComputeSplitPointsBySizeRequest) (proto.Message, error) {
	table, err := c.findTable(r.GetTableName())
	if err != nil {
		return nil, err
	}

	cutter := &splits{table: table, limit: math.MaxInt, answer: &otsprotocol.ComputeSplitPointsBySizeResponse{}}
	if err := cutter.measure(r); err != nil {
		return nil, err
	}
	if err := c.engine.View(nil, cutter.cut); err != nil {
		return nil, err
	}

	return cutter.finish(), nil
}

// splits is a table being cut.
type splits struct {
	table  *catalog.Table
	size   int64 // of a stretch, in bytes
	limit  int   // of points
	answer *otsprotocol.ComputeSplitPointsBySizeResponse
}

func (s *splits) measure(r *otsprotocol.ComputeSplitPointsBySizeRequest) error {
	unit := int64(splitUnit)
	if r.SplitSizeUnitInByte != nil {
		unit = *r.SplitSizeUnitInByte
	}

	switch {
	case r.GetSplitSize() <= 0:
		return ots.Invalid("The split_size should be greater than 0.")
	case unit < minSplitUnit:
		return ots.Invalid("The split_size_unit_in_byte should be greater equal than: %d", minSplitUnit)
	case r.GetSplitSize() > math.MaxInt64/unit:
		return ots.Invalid("The split_size is too large.")
	}

	s.size = r.GetSplitSize() * unit
	if r.SplitPointLimit != nil {
		s.limit = int(*r.SplitPointLimit)
	}

	return nil
}

func (s *splits) cut(tx *engine.Tx) error {
	size := int64(0)
	for key, stored := range tx.Range(s.table.ID, nil, nil, false) {
		if size >= s.size && len(s.answer.SplitPoints) < s.limit {
			cells, err := s.table.DecodeKey(key)
			if err != nil {
				return err
			}
			s.answer.SplitPoints = append(s.answer.SplitPoints, plainbuffer.Encode(plainbuffer.Row{Key: cells}))
			size = 0
		}
		size += int64(len(key) + len(stored))
	}

	return nil
}

func (s *splits) finish() *otsprotocol.ComputeSplitPointsBySizeResponse {
	for _, k := range s.table.Keys {
		s.answer.Schema = append(s.answer.Schema, wireKey(k))
	}
	s.answer.Consumed = capacity{read: 1}.wire()
	s.answer.Locations = []*otsprotocol.ComputeSplitPointsBySizeResponse_SplitLocation{{
		Location: proto.String(fmt.Sprintf("%032x", uint64(s.table.ID))), Repeat: proto.Int64(int64(len(s.answer.SplitPoints) + 1)),
	}}
	return s.answer
}

// listSearchIndex answers that there are none: clients ask before they delete
// a table.
func (c *request) listSearchIndex(*otsprotocol.ListSearchIndexRequest) (proto.Message, error) {
	return &otsprotocol.ListSearchIndexResponse{}, nil
}

// listTimeseriesTable answers that there are none, for the same reason.
func (c *request) listTimeseriesTable(*otsprotocol.ListTimeseriesTableRequest) (proto.Message, error) {
	return &otsprotocol.ListTimeseriesTableResponse{}, nil
}
