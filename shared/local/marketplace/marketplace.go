// Package marketplace plays the cloud marketplace's side on one machine: it sells
// instances by books of its own, notifies the vendor's SPI as the real one does, and
// answers the vendor's questions (Market OpenAPI, version 2015-11-01).
//
// What it shares with the real one: notifications carry no date and no number; a
// failed one is repeated, up to 120 times, and createInstance is repeated until the
// SPI names an instance. What it does not: it charges nobody.
package marketplace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	vendor "aegis/shared/marketplace"
	"aegis/shared/sale"
)

// Config wires a Marketplace. SPI, Secret and Clock must be set.
type Config struct {
	SPI      string // URL of the vendor's production interface
	Secret   string // of its tokens
	KeyID    string // the vendor's key at the Market OpenAPI
	KeySec   string
	Data     string           // folder of the books; "": in memory
	Clock    func() time.Time // of terms
	Interval time.Duration    // between two tries of a notification; 0: a second
}

// maxNotifications is how often a notification is sent at most.
const maxNotifications = 120

// Instance is an instance by the marketplace's books.
type Instance struct {
	ID       string        `json:"id"`
	AliUID   string        `json:"aliUid"`
	OrderID  string        `json:"orderId"` // of the creation
	SkuID    string        `json:"skuId"`
	VmNumber int           `json:"vmNumber"`
	Trial    bool          `json:"trial"`
	Status   vendor.Status `json:"status"`
	Began    time.Time     `json:"began"`
	Ends     []time.Time   `json:"ends"` // of the creation and of each renewal that was not refunded
}

// end is when the instance's term is over.
func (i Instance) end() time.Time { return i.Ends[len(i.Ends)-1] }

// books are everything that is kept.
type books struct {
	Instances map[string]*Instance `json:"instances"`
	Orders    map[string]string    `json:"orders"` // the instance by the order's id
	Last      int                  `json:"last"`   // the number of the last order
}

// Marketplace sells. It is safe for concurrent use.
type Marketplace struct {
	config Config
	client *http.Client
	stop   context.CancelFunc
	ctx    context.Context
	sends  sync.WaitGroup

	mu    sync.Mutex
	books books
}

// Open opens the books.
func Open(c Config) (*Marketplace, error) {
	if c.SPI == "" || c.Secret == "" || c.Clock == nil {
		return nil, errors.New("open the marketplace: SPI, secret and clock must be set")
	}
	if c.Interval == 0 {
		c.Interval = time.Second
	}
	m := &Marketplace{config: c, client: &http.Client{Timeout: 10 * time.Second}}
	m.ctx, m.stop = context.WithCancel(context.Background())
	m.books = books{Instances: map[string]*Instance{}, Orders: map[string]string{}}
	if c.Data == "" {
		return m, nil
	}
	text, err := os.ReadFile(m.file())
	if errors.Is(err, os.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m.books)
	}
	if err != nil {
		return nil, fmt.Errorf("open the marketplace's books: %w", err)
	}
	return m, nil
}

// Close stops notifying. What was not accepted yet is not sent again.
func (m *Marketplace) Close() error {
	m.stop()
	m.sends.Wait()
	return nil
}

func (m *Marketplace) file() string { return filepath.Join(m.config.Data, "marketplace.json") }

// save writes the books, whole or not at all.
func (m *Marketplace) save() error {
	if m.config.Data == "" {
		return nil
	}
	text, err := json.MarshalIndent(m.books, "", "  ")
	if err == nil {
		err = os.WriteFile(m.file()+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(m.file()+".new", m.file())
	}
	if err != nil {
		return fmt.Errorf("save the marketplace's books: %w", err)
	}
	return nil
}

// Trade is what a buyer, or the marketplace itself, does.
type Trade struct {
	Action   string `json:"action"`   // createInstance, renewInstance, upgradeInstance, refundRenewInstance, expiredInstance, releaseInstance
	AliUID   string `json:"aliUid"`   // of createInstance
	Instance string `json:"instance"` // of the others
	SkuID    string `json:"skuId"`    // of createInstance and upgradeInstance
	VmNumber int    `json:"vmNumber"` // 0: as the sku has it, or as it is
	Months   int    `json:"months"`   // of createInstance and renewInstance; 0: one
	Trial    bool   `json:"trial"`
	Refund   bool   `json:"refund"` // of releaseInstance: the buyer is paid back
}

// Do enters a trade into the books and begins to notify the vendor.
func (m *Marketplace) Do(t Trade) (Instance, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, params, err := m.enter(t)
	if err != nil {
		return Instance{}, fmt.Errorf("%s: %w", t.Action, err)
	}
	if err := m.save(); err != nil {
		return Instance{}, err
	}
	m.sends.Go(func() { m.notify(params) })
	return *i, nil
}

// enter changes the books and returns the notification.
func (m *Marketplace) enter(t Trade) (*Instance, map[string]string, error) {
	if t.Action == "createInstance" {
		return m.create(t)
	}
	i, ok := m.books.Instances[t.Instance]
	if !ok || i.Status == vendor.Closed {
		return nil, nil, fmt.Errorf("there is no instance %q", t.Instance)
	}
	params := map[string]string{"action": t.Action, "instanceId": i.ID}
	switch t.Action {
	case "renewInstance":
		i.Ends = append(i.Ends, later(i.end(), t.Months))
		i.Status, i.Trial = vendor.Opened, false
		params["orderId"], params["expiredOn"] = m.order(i), written(i.end())
	case "refundRenewInstance":
		if len(i.Ends) < 2 {
			return nil, nil, errors.New("there is no renewal to refund")
		}
		i.Ends = i.Ends[:len(i.Ends)-1]
		params["expiredOn"] = written(i.end())
	case "upgradeInstance":
		i.SkuID = t.SkuID
		params["orderId"], params["skuId"] = m.order(i), t.SkuID
		if t.VmNumber > 0 {
			i.VmNumber = t.VmNumber
			params["vm_number"] = strconv.Itoa(t.VmNumber)
		}
	case "expiredInstance":
		i.Status = vendor.Expired
	case "releaseInstance":
		i.Status = vendor.Closed
		params["isRefund"] = strconv.FormatBool(t.Refund)
	default:
		return nil, nil, errors.New("the marketplace has no such action")
	}
	return i, params, nil
}

func (m *Marketplace) create(t Trade) (*Instance, map[string]string, error) {
	if t.AliUID == "" || t.SkuID == "" {
		return nil, nil, errors.New("aliUid and skuId must be set")
	}
	now := m.config.Clock().Truncate(time.Second)
	i := &Instance{AliUID: t.AliUID, SkuID: t.SkuID, VmNumber: t.VmNumber, Trial: t.Trial, Status: vendor.Opened, Began: now, Ends: []time.Time{later(now, t.Months)}}
	i.ID = fmt.Sprint("biz-", m.books.Last+1)
	i.OrderID = m.order(i)
	m.books.Instances[i.ID] = i
	params := map[string]string{
		"action": t.Action, "aliUid": t.AliUID, "orderBizId": i.ID, "orderId": i.OrderID, "productCode": "local",
		"skuId": t.SkuID, "trial": strconv.FormatBool(t.Trial), "expiredOn": written(i.end()),
	}
	if t.VmNumber > 0 {
		params["vm_number"] = strconv.Itoa(t.VmNumber)
	}
	return i, params, nil
}

// order numbers an order.
func (m *Marketplace) order(i *Instance) string {
	m.books.Last++
	id := strconv.Itoa(2_000_000_000 + m.books.Last)
	m.books.Orders[id] = i.ID
	return id
}

func later(t time.Time, months int) time.Time { return t.AddDate(0, max(months, 1), 0) }

func written(t time.Time) string { return t.In(sale.Shanghai()).Format(time.DateTime) }

// notify calls the SPI until it accepts, as the marketplace does.
func (m *Marketplace) notify(params map[string]string) {
	params["token"] = vendor.Sign(params, m.config.Secret)
	for range maxNotifications {
		if m.accepted(params) {
			return
		}
		select {
		case <-m.ctx.Done():
			return
		case <-time.After(m.config.Interval):
		}
	}
}

func (m *Marketplace) accepted(params map[string]string) bool {
	query := url.Values{}
	for name, value := range params {
		query.Set(name, value)
	}
	r, err := http.NewRequestWithContext(m.ctx, http.MethodGet, m.config.SPI+"?"+query.Encode(), nil)
	if err != nil {
		return false
	}
	response, err := m.client.Do(r)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	var answer vendor.Answer
	if json.NewDecoder(response.Body).Decode(&answer) != nil {
		return false
	}
	return answer.Success == "true" || answer.InstanceID != "" && answer.InstanceID != "0"
}

// Instances lists the books, oldest first.
func (m *Marketplace) Instances() []Instance {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Instance
	for _, i := range m.books.Instances {
		all = append(all, *i)
	}
	slices.SortFunc(all, func(a, b Instance) int { return a.Began.Compare(b.Began) })
	return all
}
