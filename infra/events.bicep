metadata description = 'Where blob events leave the storage account. The subscription follows after the code: infra/scripts/postdeploy.'

@description('Name of the Event Grid system topic.')
param topicName string

@description('Name of the storage account whose events are published.')
param storageName string

@description('Region of the storage account.')
param location string

@description('Tags of the topic.')
param tags object

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: topicName
  location: location
  tags: tags
  properties: {
    source: storage.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

output topicName string = topic.name
