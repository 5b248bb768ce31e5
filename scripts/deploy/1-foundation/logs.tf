locals {
  delimiters = ", '\";=()[]{}?@&<>/:\n\t\r"

  # Fields of our own lines, and of Function Compute's metrics of requests and instances.
  text_fields = [
    "level", "msg", "operation", "outcome", "owner", "accessKeyId", "requestId", "fcRequestId", "tokenHash", "orderId", "road",
    "functionName", "qualifier", "versionId", "instanceID", "errorType", "triggerType", "statusCode", "isColdStart", "hasFunctionError",
  ]
  number_fields = [
    "ms", "charged", "storeRequests", "readUnits", "writeUnits",
    "durationMs", "memoryMB", "memoryUsageMB", "coldStartLatencyMs", "scheduleLatencyMs",
  ]
}

resource "alicloud_log_project" "logs" {
  project_name = "${var.name}-${var.account}" # unique in the world
  description  = "Functions of ${var.name}"
}

resource "alicloud_log_store" "functions" {
  project_name          = alicloud_log_project.logs.project_name
  logstore_name         = "functions"
  shard_count           = 1
  auto_split            = true
  max_split_shard_count = 8
  retention_period      = var.log_days

  lifecycle {
    ignore_changes = [shard_count] # the service splits shards
  }
}

# Without an index lines are stored and not found.
resource "alicloud_log_store_index" "functions" {
  project  = alicloud_log_project.logs.project_name
  logstore = alicloud_log_store.functions.logstore_name

  full_text {
    case_sensitive = false
    token          = local.delimiters
  }

  dynamic "field_search" {
    for_each = local.text_fields
    content {
      name             = field_search.value
      type             = "text"
      enable_analytics = true
      token            = local.delimiters
    }
  }

  dynamic "field_search" {
    for_each = local.number_fields
    content {
      name             = field_search.value
      type             = "double"
      enable_analytics = true
    }
  }
}
