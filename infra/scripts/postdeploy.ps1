# Subscribes the inbox trigger to blob events. azd runs it after the code is deployed; it may be run again.
$ErrorActionPreference = 'Stop'

$required = 'AZURE_SUBSCRIPTION_ID', 'AZURE_RESOURCE_GROUP', 'AZURE_FUNCTION_APP_NAME', 'AZURE_FUNCTION_APP_URL',
    'AZURE_EVENTGRID_TOPIC_NAME', 'CV_INBOX_CONTAINER'
foreach ($name in $required) {
    if (-not [Environment]::GetEnvironmentVariable($name)) {
        Write-Error "postdeploy: $name is not set. Run 'azd provision', then 'azd hooks run postdeploy'."
    }
}
if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
    Write-Error "postdeploy: the Azure CLI (az) is missing. Install it, run 'az login', then 'azd hooks run postdeploy'."
}

$trigger = 'on_cv_uploaded'
$attempts = if ($env:POSTDEPLOY_ATTEMPTS) { [int]$env:POSTDEPLOY_ATTEMPTS } else { 30 }
$pauseSeconds = if ($env:POSTDEPLOY_PAUSE_SECONDS) { [int]$env:POSTDEPLOY_PAUSE_SECONDS } else { 10 }

# The host makes the key when it first loads the trigger, and takes a while to do so after a deployment.
$key = ''
for ($attempt = 1; ; $attempt++) {
    $key = az functionapp keys list --subscription $env:AZURE_SUBSCRIPTION_ID `
        --resource-group $env:AZURE_RESOURCE_GROUP --name $env:AZURE_FUNCTION_APP_NAME `
        --query systemKeys.blobs_extension --output tsv
    if ($LASTEXITCODE -eq 0 -and $key -and $key -ne 'None') { break }
    if ($attempt -ge $attempts) {
        Write-Error ("postdeploy: the app has no blobs_extension key yet. Check that $trigger is among its functions " +
            "(az functionapp function list), then 'azd hooks run postdeploy'.")
    }
    Write-Host "postdeploy: waiting for the app to load its triggers ($attempt of $attempts)"
    Start-Sleep -Seconds $pauseSeconds
}

# az is a batch file on Windows: without the inner quotes its shell would cut the address at the ampersand.
$endpoint = "`"$($env:AZURE_FUNCTION_APP_URL)/runtime/webhooks/blobs?functionName=Host.Functions.$trigger&code=$key`""

# Creates or updates: running it twice leaves one subscription. The key is never printed.
az eventgrid system-topic event-subscription create --subscription $env:AZURE_SUBSCRIPTION_ID `
    --resource-group $env:AZURE_RESOURCE_GROUP --system-topic-name $env:AZURE_EVENTGRID_TOPIC_NAME `
    --name cv-inbox-created --endpoint-type webhook --endpoint $endpoint `
    --included-event-types Microsoft.Storage.BlobCreated `
    --subject-begins-with "/blobServices/default/containers/$($env:CV_INBOX_CONTAINER)/" `
    --output none
if ($LASTEXITCODE -ne 0) { Write-Error 'postdeploy: the event subscription could not be created; see the message above.' }

Write-Host "postdeploy: CVs dropped into $($env:CV_INBOX_CONTAINER) now start $trigger"
