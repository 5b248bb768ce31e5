package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"aegis/scripts/internal/cloud"
	"aegis/scripts/internal/cloud/policies"
	"aegis/shared/marketplace"
)

// Sender sends to the order queue.
type Sender interface {
	Send(ctx context.Context, body []byte) (messageID string, err error)
}

// Peeker looks at the next message of a queue and leaves it there.
type Peeker interface {
	Peek(ctx context.Context) (m marketplace.SMQPeeked, ok bool, err error)
}

// attributes are those of a queue that the foundation sets.
type attributes struct {
	MessageRetentionPeriod int
	VisibilityTimeout      int
	MaximumMessageSize     int
	DlqPolicy              struct {
		Enabled               bool
		MaxReceiveCount       int
		DeadLetterTargetQueue string
	}
}

// checkQueues compares both queues with what the foundation makes.
func checkQueues(ctx context.Context, e *exam) finding {
	orders, err := e.attributesOf(ctx, policies.Queue)
	if err != nil {
		return failed(err, mendFoundation)
	}
	dead, err := e.attributesOf(ctx, policies.DeadQueue)
	if err != nil {
		return failed(err, mendFoundation)
	}

	d := differences{of: policies.Queue}
	d.compare("retention in seconds", orders.MessageRetentionPeriod, 604800)
	d.compare("visibility timeout in seconds", orders.VisibilityTimeout, 120)
	d.compare("maximum message size", orders.MaximumMessageSize, 65536)
	d.compare("dead-letter policy enabled", orders.DlqPolicy.Enabled, true)
	d.compare("deliveries", orders.DlqPolicy.MaxReceiveCount, 100)
	d.compare("dead-letter queue", orders.DlqPolicy.DeadLetterTargetQueue, policies.DeadQueue)
	d.of = policies.DeadQueue
	d.compare("retention in seconds", dead.MessageRetentionPeriod, 604800)
	if len(d.all) > 0 {
		return bad(mendFoundation, "%s", list(d.sorted()))
	}
	return good("messages are kept for 7 days, and go to %s after 100 deliveries", policies.DeadQueue)
}

func (e *exam) attributesOf(ctx context.Context, queue string) (attributes, error) {
	var answer struct{ Data attributes }
	err := e.Cloud.Do(ctx, cloud.GetQueueAttributes(queue), &answer)
	return answer.Data, err
}

// arrives is how long a message may take from the queue to the table of dead letters.
const arrives = time.Minute

// checkQueue sends a message with a wrong token. It has to be a dead letter soon, which is
// removed.
func checkQueue(ctx context.Context, e *exam) finding {
	const mend = "look at the stream (check stream) and at the log of aegis-marketorders"
	body, err := json.Marshal(map[string]any{
		"version": "1", "requestId": e.id, "params": map[string]string{"action": "createInstance", "token": "sent-by-the-doctor", "orderId": e.id},
	})
	if err != nil {
		return failed(err, mend)
	}
	id, err := e.Queue.Send(ctx, body)
	if err != nil {
		return failed(err, "compare MARKET_QUEUE with the console; the key needs mns:SendMessage (policy <DEPLOYMENT>-operator)")
	}

	began := e.Clock()
	letters := marketplace.NewDeadLetterStore(e.Store, marketplace.Queue, e.Clock)
	found, err := e.until(ctx, arrives, func() (bool, error) {
		_, err := letters.Find(ctx, id)
		if errors.Is(err, marketplace.ErrNoLetter) {
			return false, nil
		}
		return err == nil, err
	})
	switch {
	case err != nil:
		return failed(err, mendStore)
	case !found:
		return bad(mend+"; the message is marked "+e.id+": when its letter comes, remove it: admin deadletter discard "+id, "no dead letter %s after %s", id, arrives)
	}
	took := e.Clock().Sub(began).Round(time.Millisecond)
	if err := letters.Discard(ctx, id); err != nil {
		return failed(err, "remove it: admin deadletter discard "+id)
	}
	return good("a message with a wrong token was a dead letter after %s; it is removed", took)
}

// checkDead peeks at the dead-letter queue.
func checkDead(ctx context.Context, e *exam) finding {
	m, ok, err := e.Dead.Peek(ctx)
	switch {
	case err != nil:
		return failed(err, "the key needs mns:PeekMessage (policy <DEPLOYMENT>-operator)")
	case ok:
		return bad("read it in the console: orders that could not be delivered, or failed runs of the timer; send orders again to "+policies.Queue,
			"message %s of %s waits", m.MessageID, time.UnixMilli(m.EnqueueTime).UTC().Format(time.RFC3339))
	}
	return good("no message waits")
}

// stream is an event stream as EventBridge describes it.
type stream struct {
	EventStreamingName, Status string
	Source                     struct {
		SourceMNSParameters struct{ QueueName string }
	}
}

// checkStream finds the stream whose source is the order queue.
func checkStream(ctx context.Context, e *exam) finding {
	var answer struct {
		Data struct{ EventStreamings []stream }
	}
	if err := e.Cloud.Do(ctx, cloud.ListEventStreamings(""), &answer); err != nil {
		return failed(err, mendFunctions)
	}
	var seen []string
	running := 0
	for _, s := range answer.Data.EventStreamings {
		if s.Source.SourceMNSParameters.QueueName == policies.Queue {
			seen = append(seen, fmt.Sprintf("%s is %s", s.EventStreamingName, s.Status))
			if s.Status == "RUNNING" {
				running++
			}
		}
	}
	switch {
	case len(seen) == 0:
		return bad(mendFunctions, "no stream takes messages of %s", policies.Queue)
	case running != 1 || len(seen) != 1:
		return bad("start the stream in the console of EventBridge and remove others: two of them share the messages", "%s", strings.Join(seen, ", "))
	}
	return good("%s", seen[0])
}
