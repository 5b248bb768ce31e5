package marketplace_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/marketplace"
)

// outbox is a queue that keeps what is sent.
type outbox struct {
	sent []string
	err  error
}

func (o *outbox) Send(_ context.Context, body []byte) (string, error) {
	if o.err != nil {
		return "", o.err
	}
	o.sent = append(o.sent, string(body))
	return "m", nil
}

func params(action string, pairs ...string) map[string]string {
	call := map[string]string{"action": action}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		call[name] = value
	}
	call["token"] = marketplace.Sign(call, secret)
	return call
}

func TestTheSPIAnswersAtOnceAndTellsTheInstanceLater(t *testing.T) {
	s, queue, ctx := open(t), &outbox{}, context.Background()
	spi := s.spi(queue)
	call := params("createInstance", "aliUid="+uid, "orderBizId=biz-1", "orderId=o-1", "skuId=aegis-4", "expiredOn=2027-01-01 00:00:00")
	require.Equal(t, marketplace.Answer{Status: 200, InstanceID: "0"}, spi.Call(ctx, "r-1", call))
	require.Len(t, queue.sent, 1)
	require.Contains(t, queue.sent[0], `"receivedAt":"2026-06-01T04:00:00.000Z"`)
	require.Contains(t, queue.sent[0], call["token"], "verbatim")

	require.Equal(t, 1, s.consume(queue.sent[0]).Done)
	require.Equal(t, marketplace.Answer{
		Status: 200, InstanceID: "biz-1", AppInfo: &marketplace.AppInfo{LicenceID: "biz-1", LicenceEnd: "2027-01-01 00:00:00"},
	}, spi.Call(ctx, "r-2", call))
	require.Len(t, queue.sent, 1)
}

func TestAnOrderThatIsHeldIsNotEnqueuedAgainAndAgain(t *testing.T) {
	s, queue, ctx := open(t), &outbox{}, context.Background()
	spi := s.spi(queue)
	s.consume(create("biz-0", uid))
	call := params("createInstance", "aliUid="+uid, "orderBizId=biz-1", "orderId=o-1", "skuId=aegis-4")
	spi.Call(ctx, "r-1", call)
	require.Equal(t, 1, s.consume(queue.sent[0]).Held)
	for range 5 {
		require.Equal(t, "0", spi.Call(ctx, "r", call).InstanceID)
	}
	require.Len(t, queue.sent, 1)
}

func TestTheSPIRefuses(t *testing.T) {
	s, queue, ctx := open(t), &outbox{}, context.Background()
	spi := s.spi(queue)
	forged := params("renewInstance", "instanceId=biz-1")
	forged["instanceId"] = "biz-2"
	require.Equal(t, 403, spi.Call(ctx, "r", forged).Status)
	require.Equal(t, 403, spi.Call(ctx, "r", nil).Status)
	require.Equal(t, 400, spi.Call(ctx, "r", params("danceInstance")).Status)
	require.Empty(t, queue.sent)
	t.Run("but takes whatever the marketplace has signed: the buyer has paid", func(t *testing.T) {
		require.Equal(t, "0", spi.Call(ctx, "r", params("createInstance", "skuId=unknown")).InstanceID)
		require.Equal(t, "true", spi.Call(ctx, "r", params("upgradeInstance")).Success)
		require.Len(t, queue.sent, 2)
	})
	t.Run("and says so if the queue does not take it", func(t *testing.T) {
		queue.err = errors.New("down")
		require.Equal(t, 503, spi.Call(ctx, "r", params("upgradeInstance")).Status)
		require.Equal(t, 503, spi.Call(ctx, "r", params("createInstance", "aliUid=1")).Status)
	})
}

func TestACreationShowsTheBuyerWhatTheSkuFileSays(t *testing.T) {
	skus, err := marketplace.ParseSkus([]byte(`{"skus":[{"skuId":"mine","versionCode":1,"vmNumber":5,"duration":1,"pricingCycle":"Year",
		"trialDuration":7,"trialPricingCycle":"Day","appInfo":{"frontEndUrl":"https://console.example","adminUrl":"https://admin.example"}}]}`))
	require.NoError(t, err)
	s, queue, ctx := open(t), &outbox{}, context.Background()
	s.OrderProcessor, err = marketplace.New(marketplace.Config{Store: s.gate, Ledger: s.books, Secret: secret, Skus: skus, Clock: func() time.Time { return s.now }})
	require.NoError(t, err)
	spi, err := marketplace.NewSPI(marketplace.SPIConfig{Store: s.gate, Ledger: s.books, Queue: queue, Secret: secret, Skus: skus})
	require.NoError(t, err)

	call := params("createInstance", "aliUid="+uid, "orderBizId=biz-1", "orderId=o-1", "skuId=mine", "trial=true")
	require.Equal(t, "0", spi.Call(ctx, "r-1", call).InstanceID)
	require.Equal(t, 1, s.consume(queue.sent[0]).Done)
	answer := spi.Call(ctx, "r-2", call)
	require.Equal(t, "biz-1", answer.InstanceID)
	require.Equal(t, &marketplace.AppInfo{
		FrontEndURL: "https://console.example", AdminURL: "https://admin.example", LicenceID: "biz-1", LicenceEnd: "2026-06-08 12:00:00",
	}, answer.AppInfo, "a trial of seven days")
	require.True(t, s.account(uid).Instance.Trial)
}
