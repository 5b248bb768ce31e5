resource "alicloud_message_service_queue" "dead" {
  queue_name               = "market-orders-dead"
  message_retention_period = 604800 # the longest: 7 days
  polling_wait_seconds     = 30
}

resource "alicloud_message_service_queue" "orders" {
  queue_name               = "market-orders"
  message_retention_period = 604800
  visibility_timeout       = 120 # longer than marketorders' timeout of 60 s
  polling_wait_seconds     = 30
  maximum_message_size     = 65536

  # EventBridge confirms what it has taken over. This catches what it received and never
  # confirmed.
  dlq_policy {
    enabled                  = true
    max_receive_count        = 100
    dead_letter_target_queue = alicloud_message_service_queue.dead.queue_name
  }
}
