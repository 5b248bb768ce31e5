# Opens the pay-as-you-go services that an empty account lacks. To open one places an order
# that costs nothing by itself, and does nothing where the service is open. Run by somebody
# who may order for the account. The rest of a deployment needs no such permission.

data "alicloud_fc_service" "open" {
  enable = "On"
}

data "alicloud_ots_service" "open" {
  enable = "On"
}

data "alicloud_log_service" "open" {
  enable = "On"
}

data "alicloud_event_bridge_service" "open" {
  enable = "On"
}

resource "alicloud_message_service_service" "open" {
  lifecycle {
    prevent_destroy = true # others in the account may use queues
  }
}

data "alicloud_account" "this" {}

output "account" {
  value = data.alicloud_account.this.id
}
