package api

import (
	"fmt"

	"aegis/shared/pop"
)

// MaxEvent is the maximum size of an event in bytes, for every function but the
// consumer of the order queue. The event of a real call has less than 4 KB, and package
// pop takes at most 64 KB each of query, headers and body.
const MaxEvent = 512 << 10

// MaxBatchEvent is the limit of the queue's consumer. s.yaml delivers at most 8
// messages in one event and SMQ takes messages of 64 KB: 512 KB, or 3.5 MB if every
// byte has to be quoted twice. So no batch of the queue is ever over the limit.
const MaxBatchEvent = 4 << 20

// CheckEvent refuses an event that is too large before anything is decoded. The
// runtime's transport has cut it, so its real size is not known.
func CheckEvent(raw []byte) error {
	if len(raw) > MaxEvent {
		return pop.InvalidParameter("Event", fmt.Sprintf("It must not exceed %d bytes.", MaxEvent))
	}
	return nil
}

// checkBody refuses the body of a request that is as large as no event may be.
func checkBody(body []byte) error {
	if len(body) > MaxEvent {
		return pop.InvalidParameter("Body", fmt.Sprintf("It must not exceed %d bytes.", MaxEvent))
	}
	return nil
}

// CheckBatchEvent fails the invocation of a batch that is too large. The platform
// delivers it again, and in the end moves its messages to the dead-letter queue
// that s.yaml names, so that none is lost.
func CheckBatchEvent(raw []byte) error {
	if len(raw) > MaxBatchEvent {
		return fmt.Errorf("a batch must not exceed %d bytes: none of its messages was handled; "+
			"make CountBasedWindow smaller", MaxBatchEvent)
	}
	return nil
}
