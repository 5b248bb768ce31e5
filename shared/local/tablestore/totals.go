package tablestore

// Stats are what the server has done since it was opened.
type Stats struct {
	Requests   int64 `json:"requests"`
	Errors     int64 `json:"errors"`
	Rows       int64 `json:"rows"` // read or written
	ReadUnits  int64 `json:"readUnits"`
	WriteUnits int64 `json:"writeUnits"`
	Bytes      int64 `json:"bytes"` // of the data file
}

// Stats counts.
func (s *Server) Stats() Stats {
	stats := Stats{Bytes: int64(s.engine.Size())}
	for _, r := range s.operationRows() {
		stats.Requests += r.Requests
		stats.Errors += r.Errors
		stats.Rows += r.Rows
		stats.ReadUnits += r.ReadUnits
		stats.WriteUnits += r.WriteUnits
	}
	return stats
}
