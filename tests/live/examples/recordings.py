import requests

response = requests.get(
    'https://api.hyperstudy.io/api/v3/data/recordings/room/room_abc123',
    headers={'X-API-Key': API_KEY}
)

recordings = response.json()['data']
for rec in recordings:
    print(f"Recording: {rec['participantName']}")
    print(f"Download: {rec['downloadUrl']}")
    print(f"Duration: {rec['duration']/1000:.1f}s")
