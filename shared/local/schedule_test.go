package local

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"aegis/shared/local/queue"
	"aegis/shared/sale"
)

// The stack plays what s.yaml deploys: the same functions, timeouts and schedule.
func TestTheStackIsWhatIsDeployed(t *testing.T) {
	text, err := os.ReadFile("../../s.yaml")
	require.NoError(t, err)
	type props struct {
		Timeout  int
		Triggers []struct {
			TriggerType   string `yaml:"triggerType"`
			TriggerConfig struct {
				Cron    string `yaml:"cronExpression"`
				Payload string
				Source  struct {
					Parameters struct {
						Queue struct {
							Decode *bool `yaml:"IsBase64Decode"`
						} `yaml:"sourceMNSParameters"`
					} `yaml:"eventSourceParameters"`
				} `yaml:"eventSourceConfig"`
			} `yaml:"triggerConfig"`
		}
	}
	var deployed struct {
		Template  map[string]props
		Resources map[string]struct{ Props props }
	}
	require.NoError(t, yaml.Unmarshal(text, &deployed))

	var functions []string
	for name, r := range deployed.Resources {
		functions = append(functions, name)
		seconds := r.Props.Timeout
		if seconds == 0 {
			seconds = deployed.Template["function"].Timeout
		}
		require.Equal(t, time.Duration(seconds)*time.Second, timeout(name), name)
	}
	require.ElementsMatch(t, functions, names())

	decode := deployed.Resources["marketorders"].Props.Triggers[0].TriggerConfig.Source.Parameters.Queue.Decode
	require.NotNil(t, decode)
	require.Equal(t, *decode, queue.Config{}.Decode, "the queue delivers what our own sender sends")

	cron := deployed.Resources["renewals"].Props.Triggers[0].TriggerConfig.Cron
	require.Equal(t, "CRON_TZ=Asia/Shanghai 0 10 * * * *", cron, "nextFiring follows it")
	at := time.Date(2026, 5, 10, 4, 10, 0, 0, sale.Shanghai())
	require.Equal(t, at.Add(time.Hour), nextFiring(at))
	require.True(t, strings.HasSuffix(cron, "10 * * * *"))
}
