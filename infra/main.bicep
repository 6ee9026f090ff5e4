metadata description = 'CV Processing Engine: one function app, its storage, its model and its telemetry. Keyless.'

targetScope = 'subscription'

// ---- Where and under what name ----

@minLength(1)
@maxLength(64)
@description('Name of the azd environment. The resource group is named after it; every other name is derived from it.')
param environmentName string

@minLength(1)
@metadata({ azd: { type: 'location' } })
@description('Region of everything but the model. It must offer Flex Consumption.')
param location string

// ---- The model ----

@description('Name of an Azure OpenAI account to use instead of creating one. Its deployments must exist already.')
param existingOpenAiName string = ''

@description('Resource group of the existing account, in this subscription. Only read with existingOpenAiName.')
param existingOpenAiResourceGroup string = ''

@description('Region of a created account; empty means the region of the app.')
param openAiLocation string = ''

@allowed(['GlobalStandard', 'DataZoneStandard', 'Standard'])
@description('Where the model may process CVs: any region, the data zone (EU or US) of the account, or its region only.')
param deploymentSku string = 'GlobalStandard'

@minLength(2)
@description('Deployment that answers first. A created deployment is named after its model.')
param chatDeployment string = 'gpt-4.1-mini'

@description('Model version of a created chat deployment.')
param chatModelVersion string = '2025-04-14'

@minValue(1)
@description('Quota of a created chat deployment, in thousands of tokens a minute.')
param chatCapacity int = 100

@minLength(2)
@description('Deployment that answers when the first one does not. Another model, so that the two fail apart.')
param fallbackDeployment string = 'gpt-4o-mini'

@description('Model version of a created fallback deployment.')
param fallbackModelVersion string = '2024-07-18'

@minValue(1)
@description('Quota of a created fallback deployment, in thousands of tokens a minute.')
param fallbackCapacity int = 100

@minLength(2)
@description('Deployment that computes embeddings.')
param embeddingDeployment string = 'text-embedding-3-small'

@description('Model version of a created embedding deployment.')
param embeddingModelVersion string = '1'

@minValue(1)
@description('Quota of a created embedding deployment, in thousands of tokens a minute.')
param embeddingCapacity int = 50

@description('Models behind deployments of another name, as deployment=model,deployment=model. Empty where the names agree.')
param deploymentModels string = ''

@description('Models the app may call, separated by commas. Empty means the defaults of the app.')
param allowedModels string = ''

// ---- How the app behaves ----

@description('Whether the fallback deployment is asked when the first one fails.')
param enableFallback bool = true

@minValue(1)
@description('Requests a minute that all instances together allow themselves; it should fit the quota.')
param requestsPerMinute int = 20

@description('US dollars a day for the model, such as 5.00: calls are refused beyond. Empty sets no limit.')
param dailyBudgetUsd string = ''

@minValue(0)
@maxValue(36500)
@description('Days after which originals are deleted. 0 keeps them until someone erases them.')
param retentionDays int = 0

@minValue(1)
@maxValue(365)
@description('Days for which deleted blobs can be restored. An erased CV is gone for good only after them: keep it short.')
param softDeleteDays int = 7

@allowed([512, 2048, 4096])
@description('Memory of an instance in MB. 512 is tight for large PDFs.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('Instances the app may scale out to. Some regions ask for at least 40.')
param maximumInstanceCount int = 40

@minValue(1)
@maxValue(1000)
@description('HTTP requests an instance works on at once. The platform gives Python 1 unless told; the app mostly waits, so it takes more.')
param httpConcurrency int = 16

// ---- Names ----

// Abbreviations as in the Cloud Adoption Framework.
var token = toLower(uniqueString(subscription().id, environmentName, location))
var names = {
  resourceGroup: 'rg-${environmentName}'
  identity: 'id-${token}'
  logs: 'log-${token}'
  insights: 'appi-${token}'
  storage: 'st${token}'
  plan: 'plan-${token}'
  functionApp: 'func-${token}'
  topic: 'evgt-${token}'
}
var deploymentContainer = 'app-package'
var inboxContainer = 'cv-inbox'
var tags = { 'azd-env-name': environmentName }

var createOpenAi = empty(existingOpenAiName)
var openAiName = createOpenAi ? 'oai-${token}' : existingOpenAiName

// ---- Resources ----

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: names.resourceGroup
  location: location
  tags: tags
}

module identity 'identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: names.identity
    location: location
    tags: tags
  }
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: names.logs
    insightsName: names.insights
    location: location
    tags: tags
  }
}

module storage 'storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: names.storage
    location: location
    tags: tags
    inboxContainer: inboxContainer
    deploymentContainer: deploymentContainer
    softDeleteDays: softDeleteDays
    retentionDays: retentionDays
  }
}

module openAi 'openai.bicep' = if (createOpenAi) {
  name: 'openai'
  scope: group
  params: {
    name: openAiName
    location: empty(openAiLocation) ? location : openAiLocation
    tags: tags
    deploymentSku: deploymentSku
    deployments: [
      { model: chatDeployment, version: chatModelVersion, capacity: chatCapacity }
      { model: fallbackDeployment, version: fallbackModelVersion, capacity: fallbackCapacity }
      { model: embeddingDeployment, version: embeddingModelVersion, capacity: embeddingCapacity }
    ]
  }
}

module openAiAccess 'openai-access.bicep' = {
  name: 'openai-access'
  scope: resourceGroup(createOpenAi ? group.name : existingOpenAiResourceGroup)
  params: {
    accountName: openAiName
    principalId: identity.outputs.principalId
  }
  dependsOn: [
    openAi
  ]
}

module roles 'roles.bicep' = {
  name: 'roles'
  scope: group
  params: {
    storageName: storage.outputs.name
    insightsName: monitoring.outputs.insightsName
    principalId: identity.outputs.principalId
  }
}

module app 'app.bicep' = {
  name: 'app'
  scope: group
  params: {
    planName: names.plan
    name: names.functionApp
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    storageEndpoints: storage.outputs.endpoints
    deploymentContainer: deploymentContainer
    insightsConnectionString: monitoring.outputs.connectionString
    openAiEndpoint: openAiAccess.outputs.endpoint
    chatDeployment: chatDeployment
    fallbackDeployment: fallbackDeployment
    deploymentModels: deploymentModels
    allowedModels: allowedModels
    enableFallback: enableFallback
    requestsPerMinute: requestsPerMinute
    dailyBudgetUsd: dailyBudgetUsd
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
  }
  // The host opens its storage as it starts: the roles must be there first.
  dependsOn: [
    roles
  ]
}

module events 'events.bicep' = {
  name: 'events'
  scope: group
  params: {
    topicName: names.topic
    storageName: storage.outputs.name
    location: location
    tags: tags
  }
}

// ---- What azd and the hooks read ----

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = app.outputs.name
output AZURE_FUNCTION_APP_URL string = app.outputs.url
output AZURE_STORAGE_ACCOUNT_NAME string = storage.outputs.name
output AZURE_EVENTGRID_TOPIC_NAME string = events.outputs.topicName
output AZURE_OPENAI_ACCOUNT_NAME string = openAiName
output AZURE_OPENAI_ENDPOINT string = openAiAccess.outputs.endpoint
output CV_INBOX_CONTAINER string = inboxContainer
