# Values that s.yaml and admin read from the environment, by name. None is a secret.
output "environment" {
  value = merge(
    {
      REGION              = var.region
      TABLESTORE_INSTANCE = alicloud_ots_instance.store.name
      # Functions reach this endpoint with and without a VPC. "ots-internal" was for the
      # classic network.
      TABLESTORE_ENDPOINT = "https://${alicloud_ots_instance.store.name}.${var.region}.vpc.tablestore.aliyuncs.com"
      LOG_PROJECT         = alicloud_log_project.logs.project_name
      LOG_STORE           = alicloud_log_store.functions.logstore_name
      # The public endpoint of SMQ: no page names the one inside a region.
      MARKET_QUEUE      = "https://${var.account}.mns.${var.region}.aliyuncs.com/queues/${alicloud_message_service_queue.orders.queue_name}"
      MARKET_DEAD_QUEUE = "acs:mns:${var.region}:${var.account}:/queues/${alicloud_message_service_queue.dead.queue_name}"
      VPC_ID            = one(alicloud_vpc.this[*].id)
      VSWITCH_ID        = one(alicloud_vswitch.this[*].id)
      SECURITY_GROUP_ID = one(alicloud_security_group.this[*].id)
    },
    { for group, role in alicloud_ram_role.function : "FC_ROLE_${upper(group)}" => "acs:ram::${var.account}:role/${role.role_name}" },
  )
}

# Where admin reaches the store from outside, if store_access is internet.
output "public_store" {
  value = "https://${alicloud_ots_instance.store.name}.${var.region}.ots.aliyuncs.com"
}
