from datetime import datetime, timedelta

# Get events from last 24 hours
end_time = datetime.now()
start_time = end_time - timedelta(hours=24)

response = requests.get(
    f'{BASE_URL}/data/events/experiment/exp_research_001',
    headers=headers,
    params={
        'startTime': start_time.isoformat(),
        'endTime': end_time.isoformat()
    }
)
