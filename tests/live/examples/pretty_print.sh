# Install jq first: apt-get install jq  or  brew install jq

curl -H "X-API-Key: hst_live_your_key_here" \
"https://api.hyperstudy.io/api/v3/data/events/room/room_abc123?limit=5" \
| jq '.'

# Extract just the data array
curl -H "X-API-Key: hst_live_your_key_here" \
"https://api.hyperstudy.io/api/v3/data/events/room/room_abc123?limit=5" \
| jq '.data'

# Get count of events
curl -H "X-API-Key: hst_live_your_key_here" \
"https://api.hyperstudy.io/api/v3/data/events/room/room_abc123?limit=1" \
| jq '.metadata.pagination.total'
