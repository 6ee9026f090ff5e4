metadata description = 'Lets the app call the deployments of one Azure OpenAI account, created here or found elsewhere.'

@description('Name of the account, in the resource group this module is deployed to.')
param accountName string

@description('Principal of the identity of the app.')
param principalId string

// Cognitive Services OpenAI User: calls deployments; changes nothing and reads no key.
var openAiUser = '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd'

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' existing = {
  name: accountName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, openAiUser)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', openAiUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// An Azure AI Foundry account answers under several host names; the model is behind this one.
var modelApi = 'OpenAI Language Model Instance API'
var endpoints = account.properties.endpoints

output endpoint string = contains(endpoints, modelApi) ? endpoints[modelApi] : account.properties.endpoint
