package tablestore

import (
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// splitUnit is the bytes a split size counts in unless it says otherwise.
const splitUnit = 100 << 20

// computeSplitPoints cuts a table into stretches of about a size, at rows.
func (c *call) computeSplitPoints(r *otsprotocol.ComputeSplitPointsBySizeRequest) (proto.Message, error) {
	table, err := c.findTable(r.GetTableName())
	if err != nil {
		return nil, err
	}
	unit := int64(splitUnit)
	if r.SplitSizeUnitInByte != nil {
		unit = r.GetSplitSizeUnitInByte()
	}
	if r.GetSplitSize() <= 0 || unit <= 0 {
		return nil, ots.Invalid("The split size must be greater than 0.")
	}
	answer := &otsprotocol.ComputeSplitPointsBySizeResponse{}
	for _, k := range table.Keys {
		answer.Schema = append(answer.Schema, wireKey(k))
	}
	total, size := int64(0), int64(0)
	err = c.engine.View(nil, func(tx *engine.Tx) error {
		for key, stored := range tx.Range(table.ID, nil, nil, false) {
			full := size/unit >= r.GetSplitSize()
			if full && (r.SplitPointLimit == nil || len(answer.SplitPoints) < int(*r.SplitPointLimit)) {
				cells, err := table.DecodeKey(key)
				if err != nil {
					return err
				}
				answer.SplitPoints = append(answer.SplitPoints, plainbuffer.Encode(plainbuffer.Row{Key: cells}))
				size = 0
			}
			size += int64(len(key) + len(stored))
			total += int64(len(key) + len(stored))
		}
		return nil
	})
	answer.Consumed = capacity{read: units(int(total))}.wire()
	answer.Locations = []*otsprotocol.ComputeSplitPointsBySizeResponse_SplitLocation{{
		Location: proto.String("local"), Repeat: proto.Int64(int64(len(answer.SplitPoints) + 1)),
	}}
	return answer, err
}

// listSearchIndex answers that there are none: clients ask before they delete
// a table.
func (c *call) listSearchIndex(*otsprotocol.ListSearchIndexRequest) (proto.Message, error) {
	return &otsprotocol.ListSearchIndexResponse{}, nil
}
